import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessGroup } from '#test/support/suites/process-group';

const PROJECT_DIRECTORY = resolve(import.meta.dirname, '../../..');

/** How long a start may take; the first one bundles the worker. */
const START_LIMIT_SECONDS = 120;

/** `npm start` prints this when it serves. */
const READY = 'Roadstead is ready at';

/** What a client needs to know of a registry. */
export interface Registry {
  readonly url: string;
  /** `address:port`, as it stands in image references. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

export interface ServerOptions {
  readonly stateDirectory: string;
  readonly port: number;
  /** Outside the state directory, so that the log does not count as state. */
  readonly logFile: string;
  /** Added to this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Roadstead as `npm start` runs it: node and workerd in one process group. */
export class RoadsteadServer {
  readonly registry: Registry;
  readonly #group: ProcessGroup;
  readonly #options: ServerOptions;
  readonly #logStart: number;

  private constructor(options: ServerOptions) {
    const host = `127.0.0.1:${options.port}`;
    this.registry = { url: `http://${host}`, host, username: 'admin', password: 'Suites-Pass-12345' };
    this.#options = options;
    this.#logStart = lengthOf(options.logFile);
    const args = ['--port', String(options.port), '--host', '127.0.0.1', '--state', options.stateDirectory];
    this.#group = new ProcessGroup(process.execPath, [join(PROJECT_DIRECTORY, 'scripts/start.ts'), ...args], {
      // A server that is killed leaves its temporary files behind: they go where its log goes.
      env: {
        ...process.env,
        TMPDIR: dirname(options.logFile),
        ROADSTEAD_ADMIN_PASSWORD: this.registry.password,
        ...options.environment,
      },
      logFile: options.logFile,
    });
  }

  /** Returns when the registry answers. */
  static async start(options: ServerOptions): Promise<RoadsteadServer> {
    const server = new RoadsteadServer(options);
    await server.#untilReady();
    return server;
  }

  stop(): Promise<void> {
    return this.#group.stop();
  }

  /** `kill -9` of node and workerd at once. */
  kill(): Promise<void> {
    return this.#group.kill();
  }

  async #untilReady(): Promise<void> {
    const deadlineMs = performance.now() + START_LIMIT_SECONDS * 1000;
    while (!this.#printed().includes(READY)) {
      if (this.#group.hasEnded || performance.now() > deadlineMs) {
        await this.#group.kill();
        throw new Error(`the server did not become ready; it printed:\n${this.#printed().slice(-3000)}`);
      }
      await sleep(50);
    }
  }

  /** What this start, and none before it, wrote to the log file. */
  #printed(): string {
    return readFileSync(this.#options.logFile, 'utf8').slice(this.#logStart);
  }
}

function lengthOf(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').length : 0;
}
