import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Build, cachedBuild, writableDirectory } from '#scripts/embedded/build-cache';
import { buildKey } from '#scripts/embedded/build-inputs';
import { StartupError } from '#scripts/embedded/startup-error';
import type { WranglerConfig } from '#scripts/embedded/wrangler-config';

const projectRoot = join(import.meta.dirname, '../..');
const cachePath = join(projectRoot, 'node_modules/.cache/roadstead');
const configReader = join(import.meta.dirname, 'wrangler-config.ts');

/** Room for the migrations of many years. */
const maxOutputBytes = 64 * 1024 * 1024;

/**
 * The worker, bundled exactly as a deployment would, and what wrangler.toml says. wrangler takes seconds for that, so it
 * is asked once for the same sources. `ownPath` keeps the result where the installation itself cannot be written to.
 */
export async function buildWorker(ownPath: string): Promise<Build<WranglerConfig>> {
  const directory = writableDirectory([cachePath, ownPath]);
  return await cachedBuild(directory, buildKey(projectRoot, process.env), async (path) => {
    const [config] = await Promise.all([readWranglerConfig(), bundleWorker(path)]);
    return config;
  });
}

async function bundleWorker(path: string): Promise<void> {
  const wrangler = dirname(createRequire(import.meta.url).resolve('wrangler/package.json'));
  const command = [join(wrangler, 'bin/wrangler.js'), 'deploy', '--dry-run', '--outdir', path];
  await runNode('The worker could not be built', command);
}

async function readWranglerConfig(): Promise<WranglerConfig> {
  return JSON.parse(await runNode('wrangler.toml could not be read', [configReader])) as WranglerConfig;
}

async function runNode(failure: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG: 'error', NO_COLOR: '1' };
  const options = { cwd: projectRoot, env, maxBuffer: maxOutputBytes };
  try {
    return (await promisify(execFile)(process.execPath, [...args], options)).stdout;
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new StartupError(`${failure}:\n${output || String(error)}`, { cause: error });
  }
}
