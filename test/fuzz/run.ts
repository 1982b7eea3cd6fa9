import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seed } from '#test/fuzz/seed';
import { execute } from '#test/support/suites/command';
import { freePort } from '#test/support/suites/free-port';
import { type Registry, RoadsteadServer } from '#test/support/suites/roadstead-server';
import { withScratchDirectory } from '#test/support/suites/scratch-directory';
import { requireTools, toolPath } from '#test/support/suites/tools';

/*
 * Asks every operation of the served document, as the administrator, with requests that schemathesis makes of it, valid
 * and not. Each operation is one test: none may fail with 5xx, or answer what the document does not tell of.
 */

const CONFIGURATION = join(import.meta.dirname, 'schemathesis.toml');

/** How long it may go on beyond its budget. */
const GRACE_SECONDS = 120;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '150' }, seed: { type: 'string' } } });
  requireTools(['schemathesis']);
  await withScratchDirectory('fuzz', async (directory) => {
    const files = { stateDirectory: join(directory, 'state'), logFile: join(directory, 'server.log') };
    const server = await RoadsteadServer.start({ ...files, port: await freePort() });
    try {
      await seed(server.registry);
      const seconds = Number(values.seconds);
      await fuzz(server.registry, directory, { seconds, seedOption: values.seed ? ['--seed', values.seed] : [] });
    } finally {
      await server.stop();
    }
  });
}

interface Budget {
  readonly seconds: number;
  readonly seedOption: readonly string[];
}

async function fuzz(registry: Registry, directory: string, { seconds, seedOption }: Budget): Promise<void> {
  const { username, password, url } = registry;
  const junit = join(directory, 'junit.xml');
  const { exitCode, stdout, stderr } = await execute(
    toolPath('schemathesis'),
    [
      ...['--config-file', CONFIGURATION, 'run', `${url}/api/v2.0/openapi.json`, '--auth', `${username}:${password}`],
      ...[
        '--max-time',
        String(seconds),
        '--report',
        'junit',
        '--report-junit-path',
        junit,
        '--no-color',
        ...seedOption,
      ],
    ],
    { cwd: directory, timeoutSeconds: seconds + GRACE_SECONDS },
  );
  console.log(stdout.replaceAll(/^/gm, '# '));
  if (stderr !== '') console.log(stderr.replaceAll(/^/gm, '# '));
  finish(await readFile(junit, 'utf8'), exitCode);
}

/** Prints the line that `.ci/run` adds up. */
function finish(junit: string, exitCode: number): void {
  const numberOf = (name: string) => Number(new RegExp(`<testsuites[^>]* ${name}="(\\d+)"`).exec(junit)?.[1] ?? 0);
  const failed = numberOf('failures') + numberOf('errors');
  const passed = numberOf('tests') - failed - numberOf('skipped');
  console.log(`${passed} passed, ${failed} failed`);
  if (exitCode !== 0 || failed > 0 || passed === 0) process.exitCode = 1;
}

await main();
