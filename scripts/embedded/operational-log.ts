import { join } from 'node:path';
import { systemClock } from '#core/clock';
import { MessageLimit } from '#scripts/embedded/message-limit';
import { RotatingFile } from '#scripts/embedded/rotating-file';

const maxFileBytes = 10 * 1024 * 1024;
const maxFiles = 5;

/** Takes the worker's output: all of it into `roadstead.log`, errors also to the terminal. */
export class OperationalLog {
  readonly #file: RotatingFile;
  readonly #limit = new MessageLimit({ clock: systemClock });

  constructor(deps: { readonly directory: string }) {
    const path = join(deps.directory, 'roadstead.log');
    const onError = (error: unknown) => process.stderr.write(`${path}: ${String(error)}\n`);
    this.#file = new RotatingFile({ path, maxFileBytes, maxFiles, onError });
  }

  /** The worker writes JSON lines of its own; anything else is what the runtime says. */
  write({ level, message }: { readonly level: string; readonly message: string }): void {
    if (message.startsWith('{')) this.#append(level, message, message);
    else this.#writeRuntimeMessage(level, message);
  }

  close(): void {
    this.#file.close();
  }

  #writeRuntimeMessage(level: string, message: string): void {
    const verdict = this.#limit.judge(message);
    if (verdict === 'drop') return;
    const told = verdict === 'last' ? `${message} (more of these are left out for up to a minute)` : message;
    // Where in the runtime it was is for the file; the terminal gets a line.
    const [firstLine = ''] = told.split('\n', 1);
    this.#append(level, JSON.stringify({ time: new Date().toISOString(), level, message: told }), firstLine);
  }

  #append(level: string, line: string, told: string): void {
    this.#file.write(`${line}\n`);
    if (level === 'error') process.stderr.write(`${told}\n`);
  }
}
