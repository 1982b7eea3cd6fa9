import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '#test/logins/scenario';
import { authProxyScenario } from '#test/logins/scenarios/auth-proxy';
import { devcenterScenario } from '#test/logins/scenarios/devcenter';
import { ldapScenario } from '#test/logins/scenarios/ldap';
import { oidcScenario } from '#test/logins/scenarios/oidc';
import { uaaScenario } from '#test/logins/scenarios/uaa';
import { freePort } from '#test/support/suites/free-port';
import { Report, StepFailed } from '#test/support/suites/report';
import { RoadsteadServer } from '#test/support/suites/roadstead-server';
import { withScratchDirectory } from '#test/support/suites/scratch-directory';
import { requireTools } from '#test/support/suites/tools';

/** One for each way of logging in, and the page that uses them. */
const SCENARIOS: readonly Scenario[] = [
  ldapScenario,
  { name: 'uaa', tools: [], run: uaaScenario },
  { name: 'auth-proxy', tools: [], run: authProxyScenario },
  oidcScenario,
  devcenterScenario,
];

/** Runs the scenarios that the command line names, or all of them. */
async function main(names: readonly string[]): Promise<void> {
  const scenarios = SCENARIOS.filter(({ name }) => names.length === 0 || names.includes(name));
  requireTools(scenarios.flatMap(({ tools }) => tools));
  const report = new Report();
  await withScratchDirectory('logins', async (scratch) => {
    for (const scenario of scenarios) {
      const directory = join(scratch, scenario.name);
      await mkdir(directory);
      await runScenario(scenario, directory, report);
    }
  });
  report.finish();
}

async function runScenario(scenario: Scenario, directory: string, report: Report): Promise<void> {
  console.log(`# ${scenario.name}`);
  const options = { stateDirectory: join(directory, 'state'), logFile: join(directory, 'server.log') };
  const { environment = {} } = scenario;
  const server = await RoadsteadServer.start({ ...options, environment, port: await freePort() });
  try {
    await scenario.run({ registry: server.registry, directory }, report);
  } catch (error) {
    // Anything else is a mistake of the suite itself, and counts as a failure too.
    if (!(error instanceof StepFailed)) await report.check(scenario.name, () => Promise.reject(error));
  } finally {
    await server.stop();
  }
}

await main(process.argv.slice(2));
