import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** After this the command is killed. Default: 300 s. */
  readonly timeoutSeconds?: number;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, whatever its exit code. */
export function execute(path: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const child = spawn(path, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: 'pipe',
    timeout: (options.timeoutSeconds ?? 300) * 1000,
    killSignal: 'SIGKILL',
  });
  const stdout: string[] = [];
  const stderr: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
  // A command may end without reading its input.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  child.on('error', reject);
  child.on('close', (code) => resolve({ exitCode: code ?? -1, stdout: stdout.join(''), stderr: stderr.join('') }));
  return promise;
}

/** Runs a command that must succeed and answers what it printed; throws with its words otherwise. */
export async function run(path: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await execute(path, args, options);
  if (result.exitCode !== 0)
    throw new Error(`${describe(path, args)} ended with ${result.exitCode}:\n${words(result)}`);
  return result.stdout.trim();
}

/** Runs a command that must fail saying `reason`; throws when it succeeds or fails of something else. */
export async function runRefused(
  path: string,
  args: readonly string[],
  reason: RegExp,
  options: CommandOptions = {},
): Promise<void> {
  const result = await execute(path, args, options);
  if (result.exitCode === 0) throw new Error(`${describe(path, args)} succeeded, but had to be refused`);
  if (!reason.test(words(result)))
    throw new Error(`${describe(path, args)} failed, but not for ${reason}:\n${words(result)}`);
}

function describe(path: string, args: readonly string[]): string {
  return [path.slice(path.lastIndexOf('/') + 1), ...args].join(' ');
}

function words(result: CommandResult): string {
  return `${result.stdout}${result.stderr}`.trim().slice(-2000);
}
