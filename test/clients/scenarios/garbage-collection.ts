import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '#test/clients/client';
import { digestIn, expectSame } from '#test/clients/expectations';
import { writeLayerArchive } from '#test/clients/image-files';
import { RegistryApi } from '#test/clients/registry-api';
import type { Scenario } from '#test/clients/scenario';
import { compareStorage } from '#test/crash/state-inspection';
import { freePort } from '#test/support/suites/free-port';
import { RoadsteadServer } from '#test/support/suites/roadstead-server';

const IMAGES = 20;
/** How long a run may take, in milliseconds. */
const RUN_LIMIT_MS = 60_000;

/** In a registry of its own, whose storage is then compared with what its images refer to. */
export const garbageCollectionScenario: Scenario = {
  name: 'garbage collection',
  async run(world, report) {
    const directory = join(world.directory, 'garbage');
    const stateDirectory = join(directory, 'state');
    const crane = await Client.open('crane', join(directory, 'crane'), {});
    const layers = await Promise.all([1, 2].map((number) => writeLayerArchive(directory, `layer-${number}`, 1)));
    const server = await RoadsteadServer.start({
      stateDirectory,
      port: await freePort(),
      logFile: join(world.directory, 'garbage.log'),
    });
    const { host, username, password } = server.registry;
    const api = new RegistryApi(server.registry);
    const tagged = (tag: string) => `${host}/library/garbage:${tag}`;
    const digests: string[] = [];
    try {
      await report.step(`crane pushes ${IMAGES} images`, async () => {
        await crane.run(['auth', 'login', host, '--username', username, '--password-stdin'], { input: password });
        for (let image = 0; image < IMAGES; image++) {
          const own = await writeLayerArchive(directory, `image-${image}`, 1);
          const shared = layers[image % layers.length] ?? own;
          const args = ['append', '--new_layer', `${own},${shared}`, '--new_tag', tagged(`v${image}`)];
          digests.push(digestIn(await crane.run(args)));
        }
      });
      await report.step('crane gives five tags to other images and deletes five images', async () => {
        for (let image = 0; image < 5; image++) await crane.run(['tag', tagged(`v${image + 5}`), `v${image}`]);
        for (let image = 15; image < IMAGES; image++) {
          await crane.run(['delete', `${host}/library/garbage@${digests[image]}`]);
        }
      });
      const before = compareStorage(stateDirectory);
      await report.step('garbage collection without a window leaves what is referenced, and nothing else', async () => {
        expectSame('objects that are needed, of all before', before.objects.length > before.referenced.length, true);
        const run = await collect(api);
        const { objects, referenced } = compareStorage(stateDirectory);
        expectSame('objects left', objects.join('\n'), referenced.join('\n'));
        expectSame('manifests purged', run['purged_manifests'], 10);
        console.log(`  ${before.objects.length} objects before, ${objects.length} after: ${JSON.stringify(run)}`);
      });
      await report.step('every image that is left pulls', async () => {
        for (let image = 0; image < 15; image++) await crane.run(['validate', '--remote', tagged(`v${image}`)]);
        expectSame('tags', (await api.tags('library/garbage')).length, 15);
      });
    } finally {
      await server.stop();
    }
  },
};

/** Runs it to its end; answers what it has brought. */
async function collect(api: RegistryApi): Promise<Readonly<Record<string, unknown>>> {
  const parameters = { delete_untagged: true, time_window_hours: 0 };
  const { location } = await api.create('system/gc/schedule', { schedule: { type: 'Manual' }, parameters });
  const path = location.replace('/api/v2.0/', '');
  for (const deadlineMs = performance.now() + RUN_LIMIT_MS; performance.now() < deadlineMs; await sleep(200)) {
    const run = (await api.read(path)) as { job_status: string; job_parameters: string };
    if (run.job_status === 'Success') return JSON.parse(run.job_parameters) as Record<string, unknown>;
    if (run.job_status === 'Error') throw new Error(`the run failed: ${JSON.stringify(run)}`);
  }
  throw new Error('garbage collection takes too long');
}
