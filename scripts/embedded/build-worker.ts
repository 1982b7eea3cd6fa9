import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { StartupError } from '#scripts/embedded/startup-error';
import type { WranglerConfig } from '#scripts/embedded/wrangler-config';

const projectRoot = join(import.meta.dirname, '../..');
const configReader = join(import.meta.dirname, 'wrangler-config.ts');
const wranglerCommand = join(
  dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
  'bin/wrangler.js',
);

/** Room for the migrations of many years. */
const maxOutputBytes = 64 * 1024 * 1024;

/** Bundles the worker exactly as a deployment would. It takes 1.5 s, so an old bundle is never taken for current. */
export async function bundleWorker(bundlePath: string): Promise<void> {
  await runNode('The worker could not be built', [wranglerCommand, 'deploy', '--dry-run', '--outdir', bundlePath]);
}

export async function readWranglerConfig(): Promise<WranglerConfig> {
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
