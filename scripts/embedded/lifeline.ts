import { type ChildProcess, spawn } from 'node:child_process';

/** Reads process ids until its input ends, then kills the last one. */
const script = 'while read -r line; do pid=$line; done; [ -z "$pid" ] || kill -9 "$pid"';

/**
 * Ends another process when this one is gone, however it went: a shell reads from a pipe that closes with this process.
 * Without it a `kill -9` would leave workerd behind, holding the port and writing to the state.
 */
export class Lifeline {
  readonly #shell: ChildProcess;

  constructor() {
    // In a process group of its own, out of reach of a Ctrl-C.
    this.#shell = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    this.#shell.unref();
  }

  /** From now on this is the process that must not stay behind. */
  attach(pid: number): void {
    this.#shell.stdin?.write(`${pid}\n`);
  }

  /** The process has ended; an empty line leaves nothing to kill. */
  release(): void {
    this.#shell.stdin?.end('\n');
  }
}
