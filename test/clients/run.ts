import { join } from 'node:path';
import { Client } from '#test/clients/client';
import { DockerDaemon } from '#test/clients/docker-daemon';
import { RegistryApi } from '#test/clients/registry-api';
import type { Scenario, World } from '#test/clients/scenario';
import { accountsScenario } from '#test/clients/scenarios/accounts';
import { anonymousScenario } from '#test/clients/scenarios/anonymous';
import { buildahScenario } from '#test/clients/scenarios/buildah';
import { copiesScenario } from '#test/clients/scenarios/copies';
import { craneScenario } from '#test/clients/scenarios/crane';
import { deletionScenario } from '#test/clients/scenarios/deletion';
import { dockerScenario } from '#test/clients/scenarios/docker';
import { federationScenario } from '#test/clients/scenarios/federation';
import { garbageCollectionScenario } from '#test/clients/scenarios/garbage-collection';
import { harborGoClientScenario } from '#test/clients/scenarios/harbor-go-client';
import { helmScenario } from '#test/clients/scenarios/helm';
import { mountScenario } from '#test/clients/scenarios/mount';
import { multiArchScenario } from '#test/clients/scenarios/multi-arch';
import { orasScenario } from '#test/clients/scenarios/oras';
import { podmanScenario } from '#test/clients/scenarios/podman';
import { referrersScenario } from '#test/clients/scenarios/referrers';
import { regctlScenario } from '#test/clients/scenarios/regctl';
import { renamesScenario } from '#test/clients/scenarios/renames';
import { skopeoScenario } from '#test/clients/scenarios/skopeo';
import { webhookScenario } from '#test/clients/scenarios/webhooks';
import { wrongPasswordScenario } from '#test/clients/scenarios/wrong-password';
import { freePort } from '#test/support/suites/free-port';
import { Report, StepFailed } from '#test/support/suites/report';
import { type Registry, RoadsteadServer } from '#test/support/suites/roadstead-server';
import { withScratchDirectory } from '#test/support/suites/scratch-directory';
import { requireTools, type Tool } from '#test/support/suites/tools';

/** In order: the first two push what the others pull. */
const SCENARIOS: readonly Scenario[] = [
  dockerScenario,
  craneScenario,
  podmanScenario,
  buildahScenario,
  skopeoScenario,
  orasScenario,
  regctlScenario,
  helmScenario,
  multiArchScenario,
  copiesScenario,
  renamesScenario,
  referrersScenario,
  mountScenario,
  deletionScenario,
  garbageCollectionScenario,
  wrongPasswordScenario,
  anonymousScenario,
  accountsScenario,
  federationScenario,
  webhookScenario,
  harborGoClientScenario,
];

const TOOLS: readonly Tool[] = [
  'dockerd',
  'docker',
  'podman',
  'buildah',
  'skopeo',
  'crane',
  'oras',
  'regctl',
  'helm',
  'debootstrap',
  'tar',
  'go',
];

async function main(): Promise<void> {
  requireTools(TOOLS);
  const report = new Report();
  await withScratchDirectory('clients', async (directory) => {
    const server = await registryUnderTest(directory);
    const docker = await DockerDaemon.start(join(directory, 'dockerd'));
    try {
      for (const scenario of SCENARIOS)
        await runScenario(scenario, openWorld(server.registry, docker, directory), report);
    } finally {
      await docker.stop();
      await server.stop();
    }
  });
  report.finish();
}

async function runScenario(scenario: Scenario, world: World, report: Report): Promise<void> {
  console.log(`# ${scenario.name}`);
  try {
    await scenario.run(world, report);
  } catch (error) {
    // Anything else is a mistake of the suite itself, and counts as a failure too.
    if (!(error instanceof StepFailed)) await report.check(scenario.name, () => Promise.reject(error));
  }
}

function openWorld(registry: Registry, docker: DockerDaemon, directory: string): World {
  return {
    registry,
    api: new RegistryApi(registry),
    directory,
    client: (tool, name = tool) => Client.open(tool, join(directory, 'home', name), { DOCKER_HOST: docker.socket }),
  };
}

/** A Roadstead of the suite's own, or the registry that REGISTRY_HOST, REGISTRY_USERNAME and REGISTRY_PASSWORD name. */
async function registryUnderTest(directory: string): Promise<{ registry: Registry; stop(): Promise<void> }> {
  const { REGISTRY_HOST: host, REGISTRY_USERNAME: username, REGISTRY_PASSWORD: password } = process.env;
  if (host !== undefined) {
    const registry = { url: `http://${host}`, host, username: username ?? 'admin', password: password ?? '' };
    return { registry, stop: async () => undefined };
  }
  const options = { stateDirectory: join(directory, 'state'), logFile: join(directory, 'server.log') };
  return RoadsteadServer.start({ ...options, port: await freePort(), environment: { LOOPBACK_ISSUERS: 'on' } });
}

await main();
