import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { Miniflare, type MiniflareOptions } from 'miniflare';
import { Lifeline } from '#scripts/embedded/lifeline';

/** How long requests in flight may take to finish after a stop was asked for. */
const drainGraceMs = 10_000;

/**
 * Miniflare and the workerd process that it starts and keeps to itself. Two things are added: workerd is asked to finish
 * its requests before it is stopped, and it never outlives this process.
 */
export class Runtime {
  #miniflare: Miniflare | undefined;
  #workerd: ChildProcess | undefined;
  readonly #lifeline = new Lifeline();

  async start(options: MiniflareOptions): Promise<void> {
    subscribe('child_process', this.#watchChild);
    this.#miniflare = new Miniflare(options);
    // Miniflare answers a signal by exiting at once with 128 + its number; this server stops in order instead.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
    await this.#miniflare.ready;
  }

  /** Serves something else; the address it is at is known when this resolves. */
  async restart(options: MiniflareOptions): Promise<URL> {
    await this.#started.setOptions(options);
    return this.#started.ready;
  }

  database(binding: string) {
    return this.#started.getD1Database(binding);
  }

  async runScheduled(crons: readonly string[]): Promise<void> {
    const worker = await this.#started.getWorker();
    for (const cron of crons) await worker.scheduled({ cron });
  }

  /** workerd answers SIGTERM by closing its sockets and finishing what it has begun; whatever is left then is cut off. */
  async stop(): Promise<void> {
    const miniflare = this.#miniflare;
    const workerd = this.#workerd;
    let disposed: Promise<void> | undefined;
    if (miniflare && workerd && workerd.exitCode === null && workerd.signalCode === null) {
      const exited = new Promise<void>((resolve) => {
        workerd.once('exit', () => {
          // In the same turn, so that Miniflare does not take the exit for a crash and start the runtime again.
          disposed = miniflare.dispose();
          resolve();
        });
      });
      workerd.kill('SIGTERM');
      await Promise.race([exited, sleep(drainGraceMs, undefined, { ref: false })]);
    }
    await (disposed ?? miniflare?.dispose());
    unsubscribe('child_process', this.#watchChild);
    this.#lifeline.release();
  }

  get #started(): Miniflare {
    if (!this.#miniflare) throw new Error('the runtime has not been started');
    return this.#miniflare;
  }

  /** Node tells of every child it starts, before the child has its command. */
  readonly #watchChild = (message: unknown): void => {
    const child = (message as { readonly process: ChildProcess }).process;
    child.once('spawn', () => {
      if (child.pid === undefined || !child.spawnargs.includes('--binary')) return;
      this.#workerd = child;
      this.#lifeline.attach(child.pid);
    });
  };
}
