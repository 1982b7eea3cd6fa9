import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

export interface RotatingFileOptions {
  readonly path: string;
  readonly maxFileBytes: number;
  /** How many files are kept, the current one among them. */
  readonly maxFiles: number;
  /** Told once for each failed write (a full disk); the lines of that write are lost. */
  readonly onError: (error: unknown) => void;
}

/** Lines wait at most this long in memory, */
const flushIntervalMs = 250;
/** and at most this much of them. */
const maxPendingCharacters = 1024 * 1024;

/** Appends lines to a file; when it is full it becomes `path.1`, the one before it `path.2`, and so on. */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #descriptor: number;
  #sizeBytes: number;
  #pending: string[] = [];
  #pendingCharacters = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#descriptor = openSync(options.path, 'a', 0o600);
    this.#sizeBytes = fstatSync(this.#descriptor).size;
  }

  /** `line` ends with a line feed. */
  write(line: string): void {
    this.#pending.push(line);
    this.#pendingCharacters += line.length;
    if (this.#pendingCharacters >= maxPendingCharacters) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), flushIntervalMs);
  }

  /** Writes what waits; nothing may be written afterwards. */
  close(): void {
    this.#flush();
    closeSync(this.#descriptor);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = Buffer.from(this.#pending.join(''));
    this.#pending = [];
    this.#pendingCharacters = 0;
    if (bytes.length === 0) return;
    try {
      if (this.#sizeBytes > 0 && this.#sizeBytes + bytes.length > this.#options.maxFileBytes) this.#rotate();
      this.#sizeBytes += writeSync(this.#descriptor, bytes);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #rotate(): void {
    const { path, maxFiles } = this.#options;
    const name = (index: number) => (index === 0 ? path : `${path}.${index}`);
    rmSync(name(maxFiles - 1), { force: true });
    for (let index = maxFiles - 2; index >= 0; index -= 1) renameIfPresent(name(index), name(index + 1));
    closeSync(this.#descriptor);
    this.#descriptor = openSync(path, 'a', 0o600);
    this.#sizeBytes = 0;
  }
}

function renameIfPresent(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
