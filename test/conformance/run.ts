import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { VERSIONS } from '#test/conformance/allowed-skips';
import { conformanceDocument } from '#test/conformance/report-document';
import { type ConformanceResults, complaints, parseResults } from '#test/conformance/results';
import { execute } from '#test/support/suites/command';
import { freePort } from '#test/support/suites/free-port';
import { type Registry, RoadsteadServer } from '#test/support/suites/roadstead-server';
import { withScratchDirectory } from '#test/support/suites/scratch-directory';
import { requireTools, toolPath } from '#test/support/suites/tools';

const DOCUMENT = resolve(import.meta.dirname, '../../docs/conformance.md');

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
  requireTools(['conformance']);
  const runs = await withScratchDirectory('conformance', async (directory) => {
    const files = { stateDirectory: join(directory, 'state'), logFile: join(directory, 'server.log') };
    const server = await RoadsteadServer.start({ ...files, port: await freePort() });
    const results = new Map<string, ConformanceResults>();
    try {
      for (const version of VERSIONS) results.set(version, await runSuite(server.registry, version, directory));
    } finally {
      await server.stop();
    }
    return results;
  });
  report(runs);
  if (values.write) await writeFile(DOCUMENT, conformanceDocument(runs));
}

/** Runs the suite with its own defaults; both repositories are in one project, as an anonymous mount needs. */
async function runSuite(registry: Registry, version: string, directory: string): Promise<ConformanceResults> {
  const resultsDirectory = join(directory, `results-${version}`);
  const { exitCode, stdout, stderr } = await execute(toolPath('conformance'), [], {
    // Not the project's directory, where the suite would look for a configuration file.
    cwd: directory,
    env: {
      HOME: directory,
      OCI_REGISTRY: registry.host,
      OCI_TLS: 'disabled',
      OCI_REPO1: `library/conformance-${version}`,
      OCI_REPO2: `library/conformance-${version}-mounts`,
      OCI_USERNAME: registry.username,
      OCI_PASSWORD: registry.password,
      OCI_VERSION: version,
      OCI_RESULTS_DIR: resultsDirectory,
    },
  });
  const results = parseResults(await readFile(join(resultsDirectory, 'junit.xml'), 'utf8'), stdout);
  if (results.passed === 0) throw new Error(`the suite ended with ${exitCode} and tested nothing:\n${stderr}`);
  if (results.failed.length > 0) console.log(stderr.replaceAll(/^/gm, '# '));
  return results;
}

function report(runs: ReadonlyMap<string, ConformanceResults>): void {
  let passed = 0;
  let failed = 0;
  for (const [version, results] of runs) {
    console.log(`# OCI_VERSION ${version}: ${results.summary.join(', ')}`);
    const problems = [...results.failed, ...complaints(results.skipped, version)];
    for (const problem of problems) console.log(`not ok ${version}: ${problem}`);
    passed += results.passed;
    failed += problems.length;
  }
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

await main();
