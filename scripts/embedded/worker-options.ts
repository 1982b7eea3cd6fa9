import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { convertV4MiniflareOptions, Log, LogLevel, type MiniflareOptions, type V4MiniflareOptions } from 'miniflare';
import type { ServerOptions } from '#scripts/embedded/flags';
import type { OperationalLog } from '#scripts/embedded/operational-log';
import type { ServerSecrets } from '#scripts/embedded/secrets';
import { StartupError } from '#scripts/embedded/startup-error';
import type { StateDirectory } from '#scripts/embedded/state-directory';
import type { WranglerConfig } from '#scripts/embedded/wrangler-config';
import { parseSettings } from '#src/config';

interface RuntimeParts {
  readonly state: StateDirectory;
  readonly config: WranglerConfig;
  readonly log: OperationalLog;
}

interface ServingParts extends RuntimeParts {
  readonly options: ServerOptions;
  /** The folder of the built worker. */
  readonly bundlePath: string;
  readonly secrets: ServerSecrets;
  readonly environment: NodeJS.ProcessEnv;
}

/** Nothing but the databases, at an address nobody knows: so that migrations are applied before anything is served. */
export function migrationOptions(parts: RuntimeParts): MiniflareOptions {
  return convertV4MiniflareOptions({
    ...runtimeOptions(parts),
    name: parts.config.name,
    modules: true,
    script: 'export default { fetch: () => new Response(null, { status: 503 }) };',
    compatibilityDate: String(parts.config.workerOptions['compatibilityDate']),
    d1Databases: parts.config.workerOptions['d1Databases'],
    host: '127.0.0.1',
    port: 0,
  } as V4MiniflareOptions);
}

/** The bundled worker with every binding of wrangler.toml, the secrets, and the address to serve at. */
export function servingOptions(parts: ServingParts): MiniflareOptions {
  const { options, secrets, bundlePath, config, environment } = parts;
  const { bindings, assets, serviceBindings, ...workerOptions } = config.workerOptions;
  const v4Options = {
    ...runtimeOptions(parts),
    ...workerOptions,
    name: config.name,
    modules: true,
    modulesRoot: bundlePath,
    scriptPath: join(bundlePath, 'index.js'),
    bindings: {
      ...overriddenVars({ ...(bindings as Readonly<Record<string, unknown>>), ...EMBEDDED_VARS }, environment),
      ROADSTEAD_ADMIN_PASSWORD: secrets.adminPassword,
      ROADSTEAD_SECRET_KEY: secrets.secretKey,
      ...(options.trustProxy && { ROADSTEAD_TRUST_PROXY: '1' }),
    },
    serviceBindings: { ...(serviceBindings as object), ...filesOf(assets as AssetsOptions) },
    host: options.host,
    port: options.port,
    ...readTls(options.tls),
  };
  // The worker's part comes from wrangler as JSON; Miniflare checks all of it itself.
  return convertV4MiniflareOptions(v4Options as V4MiniflareOptions);
}

function runtimeOptions({ state, log }: RuntimeParts) {
  return {
    resourcePersistencePath: state.dataPath,
    handleStructuredLogs: (entry: { readonly level: string; readonly message: string }) => log.write(entry),
    unsafeHandleRuntimeRestart: () =>
      log.write({ level: 'error', message: 'workerd ended by itself and was restarted' }),
    log: new Log(LogLevel.ERROR),
    logRequests: false,
    // No made-up facts about a Cloudflare location, and nothing downloaded to make them up from.
    cf: false,
    telemetry: { enabled: false },
  };
}

interface AssetsOptions {
  readonly directory: string;
  readonly binding: string;
}

/** The files themselves, for the Worker alone: the platform's simulator of assets would stand in front of every request. */
function filesOf({ directory, binding }: AssetsOptions) {
  return { [binding]: { disk: { path: directory, writable: false } } };
}

/**
 * Here the platform's cache would be a second copy on the same disk (docs/adr/0009-where-bytes-are-cached.md), and who is to
 * be told by webhooks is mostly in the network of the machine.
 */
const EMBEDDED_VARS: Readonly<Record<string, string>> = { EDGE_CACHE: 'off', PRIVATE_WEBHOOKS: 'on' };

/** A variable of wrangler.toml may be set in the environment for this run; a wrong one is told here, not by each request. */
function overriddenVars(vars: Readonly<Record<string, unknown>>, environment: NodeJS.ProcessEnv) {
  const settings = Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, environment[name] ?? value]));
  try {
    parseSettings(settings);
  } catch (error) {
    throw new StartupError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  return settings;
}

function readTls(tls: ServerOptions['tls']): { readonly httpsCert?: string; readonly httpsKey?: string } {
  if (tls === undefined) return {};
  const [cert, key] = [readPem(tls.certificatePath), readPem(tls.keyPath)];
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(`the TLS certificate and key cannot be used: ${reason}`, { cause: error });
  }
  return { httpsCert: cert, httpsKey: key };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StartupError(`${path} cannot be read`, { cause: error });
  }
}
