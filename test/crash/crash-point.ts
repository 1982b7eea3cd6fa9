import { setTimeout as sleep } from 'node:timers/promises';
import type { Journal } from '#test/crash/journal';
import { type ImagePlan, planImage } from '#test/crash/plan';
import { Pusher } from '#test/crash/pusher';
import type { Random } from '#test/crash/random';
import { ConnectionLost, type RegistryClient } from '#test/crash/registry-client';

const PUSHERS = 4;

export interface CrashPoint {
  readonly client: RegistryClient;
  readonly journal: Journal;
  readonly random: Random;
  readonly name: string;
  readonly delayMs: number;
  kill(): Promise<void>;
}

export interface CrashOutcome {
  /** The images whose push the kill broke off. */
  readonly interrupted: readonly ImagePlan[];
  /** Requests without an answer at the moment of the kill. */
  readonly inFlight: readonly string[];
  /** Pushes that failed before the kill: there must be none. */
  readonly failures: readonly string[];
}

/** Pushes images from several clients at once, one after the other each, until the server is killed under them. */
export async function crashDuringPushes(point: CrashPoint): Promise<CrashOutcome> {
  const interrupted: ImagePlan[] = [];
  const failures: string[] = [];
  const pushing = Array.from({ length: PUSHERS }, async (_, index) => {
    const pusher = new Pusher(point);
    const random = point.random.fork();
    for (let count = 1; ; count += 1) {
      const plan = planImage(random, `${point.name}-${index}-${count}`, index);
      try {
        await pusher.push(plan);
      } catch (error) {
        interrupted.push(plan);
        if (!(error instanceof ConnectionLost)) failures.push(error instanceof Error ? error.message : String(error));
        return;
      }
    }
  });
  await sleep(point.delayMs);
  const inFlight = point.client.inFlight;
  await point.kill();
  await Promise.all(pushing);
  return { interrupted, inFlight, failures };
}
