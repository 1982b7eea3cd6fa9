import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StartupError } from '#scripts/embedded/startup-error';

const sqliteBusy = 5; // SQLITE_BUSY

/** A file that is garbage-collected is closed, and its lock gone; so what is held is reachable until it is released. */
const heldFiles = new Set<DatabaseSync>();

/**
 * One server a state directory. The lock is an exclusive transaction on an empty SQLite file, which is a lock of the
 * operating system's: it ends with the process that holds it, killed or not, so there is never a stale one to judge.
 */
export class StateLock {
  readonly #file: DatabaseSync;

  private constructor(file: DatabaseSync) {
    this.#file = file;
  }

  static acquire(path: string): StateLock {
    const file = new DatabaseSync(path);
    try {
      file.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      file.close();
      if (!(error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy)) throw error;
      const holder = readFileSync(holderPath(path), 'utf8').trim();
      throw new StartupError(`Another server (process ${holder}) uses this state; stop it, or choose another --state`);
    }
    heldFiles.add(file);
    writeFileSync(holderPath(path), `${process.pid}\n`);
    return new StateLock(file);
  }

  release(): void {
    heldFiles.delete(this.#file);
    this.#file.close();
  }
}

/** Only for the message: what it says does not decide anything. */
function holderPath(path: string): string {
  return `${path}.pid`;
}
