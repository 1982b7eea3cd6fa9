import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessGroupOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Gets everything the processes print. */
  readonly logFile: string;
}

// A suite that is told to stop ends through `exit`, so that what it started is stopped too.
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const) {
  process.once(signal, () => process.exit(128 + number));
}

/** A long-running program and whatever it starts, stopped together. */
export class ProcessGroup {
  readonly #leader: ChildProcess;
  readonly #onExit = () => this.#signal('SIGKILL');

  constructor(path: string, args: readonly string[], options: ProcessGroupOptions) {
    const log = openSync(options.logFile, 'a');
    // `detached` makes the program the leader of its own process group.
    this.#leader = spawn(path, args, { env: options.env, stdio: ['ignore', log, log], detached: true });
    // The suite itself may end early: nothing it started stays behind.
    process.on('exit', this.#onExit);
  }

  get hasEnded(): boolean {
    return this.#leader.exitCode !== null || this.#leader.signalCode !== null || this.#leader.pid === undefined;
  }

  /** Asks the leader to stop and waits; kills the group when it has not stopped after `graceSeconds`. */
  async stop(graceSeconds = 20): Promise<void> {
    if (!this.hasEnded) this.#leader.kill('SIGTERM');
    const deadlineMs = performance.now() + graceSeconds * 1000;
    while (!this.hasEnded && performance.now() < deadlineMs) await sleep(20);
    await this.kill();
  }

  /** `kill -9` of every process of the group at once; returns when none is left. */
  async kill(): Promise<void> {
    this.#signal('SIGKILL');
    while (this.#signal(0)) await sleep(5);
    process.off('exit', this.#onExit);
  }

  /** Whether there was a process to signal. */
  #signal(signal: NodeJS.Signals | 0): boolean {
    if (this.#leader.pid === undefined) return false;
    try {
      return process.kill(-this.#leader.pid, signal);
    } catch {
      return false;
    }
  }
}
