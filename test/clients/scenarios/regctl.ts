import { join } from 'node:path';
import type { Client } from '#test/clients/client';
import { expectSame } from '#test/clients/expectations';
import { DEBIAN, reference, type Scenario, type World } from '#test/clients/scenario';

/** regctl sends larger blobs as chunks with a Content-Range; 5 MB makes every layer of tens of megabytes one of them. */
const CHUNK_BYTES = 5_000_000;

export const regctlScenario: Scenario = {
  name: 'regctl',
  async run(world, report) {
    const regctl = await world.client('regctl');

    await report.step('regctl logs in', () => logIn(world, regctl));
    await report.step('regctl pulls the Debian image and pushes it in chunks with an identical digest', async () => {
      const layout = `ocidir://${join(world.directory, 'regctl-layout')}:1`;
      const copy = { repository: 'library/regctl', tag: '1' };
      await regctl.run(['image', 'copy', reference(world, DEBIAN), layout]);
      await regctl.run(['image', 'copy', layout, reference(world, copy)]);
      const pushed = await world.api.digest(copy.repository, copy.tag);
      expectSame('digest', pushed, await world.api.digest(DEBIAN.repository, DEBIAN.tag));
      expectSame('digest regctl sees', await regctl.run(['image', 'digest', reference(world, copy)]), pushed);
    });
    await report.step('regctl lists repositories and tags', async () => {
      const repositories = (await regctl.run(['repo', 'ls', world.registry.host])).split('\n');
      if (!repositories.includes('library/regctl')) throw new Error(`library/regctl is not among ${repositories}`);
      expectSame('tags', await regctl.run(['tag', 'ls', `${world.registry.host}/library/regctl`]), '1');
    });
  },
};

async function logIn(world: World, regctl: Client): Promise<void> {
  const { host, username, password } = world.registry;
  const chunks = ['--blob-chunk', String(CHUNK_BYTES), '--blob-max', String(CHUNK_BYTES)];
  await regctl.run(['registry', 'set', host, '--tls', 'disabled', '--skip-check', ...chunks]);
  await regctl.run(['registry', 'login', host, '--user', username, '--pass-stdin'], { input: password });
}
