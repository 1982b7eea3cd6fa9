import { adminPasswordWarnings } from '#scripts/embedded/admin-password';
import { buildWorker } from '#scripts/embedded/build-worker';
import { distrustClientHeaders } from '#scripts/embedded/client-headers';
import { CronTimer } from '#scripts/embedded/cron-timer';
import type { ServerOptions } from '#scripts/embedded/flags';
import { applyMigrations } from '#scripts/embedded/migrations';
import { OperationalLog } from '#scripts/embedded/operational-log';
import { Runtime } from '#scripts/embedded/runtime';
import { loadSecrets } from '#scripts/embedded/secrets';
import { StartupError } from '#scripts/embedded/startup-error';
import { openStateDirectory, type StateDirectory } from '#scripts/embedded/state-directory';
import { StateLock } from '#scripts/embedded/state-lock';
import { migrationOptions, servingOptions } from '#scripts/embedded/worker-options';

/** A registry that serves. */
export interface EmbeddedServer {
  readonly url: string;
  readonly state: StateDirectory;
  /** What the person at the terminal should know, a sentence each. */
  readonly warnings: readonly string[];
  /** Finishes the requests in flight, within a time limit, and leaves nothing behind but the state. */
  stop(): Promise<void>;
}

/** Takes hold of the state directory, builds the worker, brings the database up to date, and then serves. */
export async function startEmbeddedServer(
  options: ServerOptions,
  environment: NodeJS.ProcessEnv,
): Promise<EmbeddedServer> {
  const state = openStateDirectory(options.stateDirectory);
  const lock = StateLock.acquire(state.lockPath);
  const log = new OperationalLog({ directory: state.logsPath });
  const runtime = new Runtime();
  async function release(): Promise<void> {
    await runtime.stop();
    log.close();
    lock.release();
  }
  try {
    const secrets = loadSecrets(environment, state.secretKeyPath);
    const { path: bundlePath, facts: config } = await buildWorker(state.bundlePath);
    distrustClientHeaders(options);
    await runtime.start(migrationOptions({ state, config, log }));
    const database = await runtime.database(config.databaseBinding);
    await applyMigrations(database, config.migrations);
    const warnings = await adminPasswordWarnings(database, environment['ROADSTEAD_ADMIN_PASSWORD']);
    const address = await runtime.restart(
      servingOptions({ options, state, secrets, config, bundlePath, log, environment }),
    );
    const cron = new CronTimer({
      task: () => runtime.runScheduled(config.crons),
      onError: (error) => log.write({ level: 'error', message: `cron: ${String(error)}` }),
    });
    cron.start();
    return {
      url: `${address.protocol}//${urlHost(options.host)}:${address.port}`,
      state,
      warnings,
      async stop() {
        cron.stop();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw toStartupError(error, options);
  }
}

/** The name to reach the server by: an address that stands for every interface is none. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function toStartupError(error: unknown, { host, port }: ServerOptions): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_ADDRESS_IN_USE') {
    return new StartupError(`${host}:${port} is in use; choose another with --port`, { cause: error });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartupError(`${host} is no address of this machine; choose another with --host`, { cause: error });
  }
  return error;
}
