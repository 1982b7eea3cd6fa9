import { join } from 'node:path';
import { RotatingFile } from '#scripts/embedded/rotating-file';

const maxFileBytes = 10 * 1024 * 1024;
const maxFiles = 5;

/** Takes the worker's output: all of it into `roadstead.log`, errors also to the terminal. */
export class OperationalLog {
  readonly #file: RotatingFile;

  constructor(deps: { readonly directory: string }) {
    const path = join(deps.directory, 'roadstead.log');
    const onError = (error: unknown) => process.stderr.write(`${path}: ${String(error)}\n`);
    this.#file = new RotatingFile({ path, maxFileBytes, maxFiles, onError });
  }

  write({ level, message }: { readonly level: string; readonly message: string }): void {
    this.#file.write(`${toLine(level, message)}\n`);
    if (level === 'error') process.stderr.write(`${message}\n`);
  }

  close(): void {
    this.#file.close();
  }
}

/** The worker writes JSON lines of its own; anything else (the runtime's messages) is wrapped in one. */
function toLine(level: string, message: string): string {
  if (message.startsWith('{')) return message;
  return JSON.stringify({ time: new Date().toISOString(), level, message });
}
