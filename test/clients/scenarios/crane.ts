import { join } from 'node:path';
import { digestIn, expectSame } from '#test/clients/expectations';
import { writeLayerArchive } from '#test/clients/image-files';
import { DEBIAN, reference, type Scenario, SMALL } from '#test/clients/scenario';

export const craneScenario: Scenario = {
  name: 'crane',
  async run(world, report) {
    const crane = await world.client('crane');
    const { host, username, password } = world.registry;

    await report.step('crane logs in', () =>
      crane.run(['auth', 'login', host, '--username', username, '--password-stdin'], { input: password }),
    );
    await report.step('crane reads every layer of the Debian image and finds its digests right', () =>
      crane.run(['validate', '--remote', reference(world, DEBIAN)]),
    );
    await report.step('crane copies the Debian image through a local layout with an identical digest', async () => {
      const layout = join(world.directory, 'crane-layout');
      const copy = { repository: 'library/crane', tag: '1' };
      await crane.run(['pull', '--format', 'oci', reference(world, DEBIAN), layout]);
      const pushed = digestIn(await crane.run(['push', layout, reference(world, copy)]));
      expectSame('digest', pushed, await world.api.digest(DEBIAN.repository, DEBIAN.tag));
      expectSame('digest', await world.api.digest(copy.repository, copy.tag), pushed);
    });
    await report.step('crane pushes an image of its own, which skopeo pulls', async () => {
      const layer = await writeLayerArchive(world.directory, 'crane-layer', 2);
      const pushed = digestIn(await crane.run(['append', '--new_layer', layer, '--new_tag', reference(world, SMALL)]));
      expectSame('digest', await world.api.digest(SMALL.repository, SMALL.tag), pushed);
      const skopeo = await world.client('skopeo', 'skopeo-anonymous');
      const target = `dir:${join(world.directory, 'small-by-skopeo')}`;
      await skopeo.run(['copy', '--src-tls-verify=false', `docker://${reference(world, SMALL)}`, target]);
    });
  },
};
