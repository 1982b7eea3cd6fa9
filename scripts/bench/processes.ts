import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { descendants } from '#scripts/bench/process-tree';

const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 10_000;

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Answers below 500 when the server is ready. */
  readonly readyUrl: string;
}

/** Starts a server and waits until it answers; throws with its last output when it ends first or takes too long. */
export async function startServer({ command, args, env, readyUrl }: ServerCommand): Promise<ChildProcess> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = lastOutput(child);
  const failure = once(child, 'error').then(([error]) => String(error));
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (!(await answers(readyUrl))) {
    const reason = await Promise.race([failure, sleep(100)]);
    if (reason !== undefined) throw new Error(`${command} did not start: ${reason}`);
    if (child.exitCode !== null || performance.now() > deadlineMs) {
      await stopServer(child);
      throw new Error(`${command} ${args.join(' ')} did not get ready:\n${output()}`);
    }
  }
  return child;
}

/** Asks the server to stop; what is left of its process tree after a while is killed, each process by its id. */
export async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const tree = [child.pid, ...descendants(child.pid)];
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([ended, sleep(STOP_TIMEOUT_MS)]);
  for (const pid of tree) killQuietly(pid);
}

function lastOutput(child: ChildProcess): () => string {
  let text = '';
  const keep = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => text;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).status < 500;
  } catch {
    return false;
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function sleep(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, undefined));
}
