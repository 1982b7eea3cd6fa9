import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectSame } from '#test/clients/expectations';
import { writeLayerArchive } from '#test/clients/image-files';
import { DEBIAN, reference, type Scenario } from '#test/clients/scenario';

export const podmanScenario: Scenario = {
  name: 'podman',
  async run(world, report) {
    const podman = await world.client('podman');
    const { host, username, password } = world.registry;

    await report.step('podman logs in', () =>
      podman.run(['login', '--tls-verify=false', '--username', username, '--password-stdin', host], {
        input: password,
      }),
    );
    await report.step('podman pulls the Debian image with the digest docker pushed', async () => {
      const image = reference(world, DEBIAN);
      await podman.run(['pull', '--tls-verify=false', image]);
      const digest = await podman.run(['image', 'inspect', '--format', '{{.Digest}}', image]);
      expectSame('digest', digest, await world.api.digest(DEBIAN.repository, DEBIAN.tag));
    });
    await report.step(
      'podman pushes an image of its own, which crane finds whole and under the same digest',
      async () => {
        const image = { repository: 'library/podman', tag: '1' };
        const digestFile = join(world.directory, 'podman-digest');
        await podman.run([
          'import',
          await writeLayerArchive(world.directory, 'podman-layer', 12),
          reference(world, image),
        ]);
        await podman.run(['push', '--tls-verify=false', '--digestfile', digestFile, reference(world, image)]);
        const pushed = await readFile(digestFile, 'utf8');
        expectSame('digest', await world.api.digest(image.repository, image.tag), pushed);
        const crane = await world.client('crane');
        expectSame('digest crane sees', await crane.run(['digest', reference(world, image)]), pushed);
        await crane.run(['validate', '--remote', reference(world, image)]);
      },
    );
  },
};
