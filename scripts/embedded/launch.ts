import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const startScript = join(import.meta.dirname, '../start.ts');
/** Enough to say why a start failed. */
const maxOutputLines = 200;
const readyLine = /^Roadstead is ready at (\S+)$/;

export interface LaunchOptions {
  readonly stateDirectory: string;
  /** Default: a free port. */
  readonly port?: number;
  /** Further flags of `npm start`. */
  readonly flags?: readonly string[];
  /** Added to this process's own environment. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** A server in a process of its own, as tests and measurements want it. */
export interface LaunchedServer {
  readonly url: string;
  readonly pid: number;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** Runs `npm start`'s program and waits until it serves; rejects with its output when it ends instead. */
export async function startEmbedded(options: LaunchOptions): Promise<LaunchedServer> {
  const { stateDirectory, port = 0, flags = [], environment = {} } = options;
  const args = [startScript, '--host', '127.0.0.1', '--port', String(port), '--state', stateDirectory, ...flags];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const url = await untilReady(child, exited);
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function untilReady({ stdout, stderr }: ChildProcess, exited: Promise<unknown>): Promise<string> {
  if (!stdout || !stderr) throw new Error('the server has no output to read');
  const output: string[] = [];
  return new Promise((resolve, reject) => {
    for (const stream of [stdout, stderr]) {
      // Goes on reading once the server is ready, so that its pipes never fill.
      createInterface({ input: stream }).on('line', (line) => {
        const url = readyLine.exec(line)?.[1];
        if (url) resolve(url);
        else if (output.length < maxOutputLines) output.push(line);
      });
    }
    void exited.then(() => reject(new Error(`the server ended before it was ready:\n${output.join('\n')}`)));
  });
}
