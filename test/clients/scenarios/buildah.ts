import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectSame } from '#test/clients/expectations';
import { writeLayerFiles } from '#test/clients/image-files';
import { DEBIAN, reference, type Scenario } from '#test/clients/scenario';

export const buildahScenario: Scenario = {
  name: 'buildah',
  async run(world, report) {
    const buildah = await world.client('buildah');
    const { host, username, password } = world.registry;

    await report.step('buildah logs in', () =>
      buildah.run(['login', '--tls-verify=false', '--username', username, '--password-stdin', host], {
        input: password,
      }),
    );
    await report.step('buildah pulls the Debian image with the digest docker pushed', async () => {
      const image = reference(world, DEBIAN);
      await buildah.run(['pull', '--tls-verify=false', image]);
      const digest = await buildah.run(['inspect', '--type', 'image', '--format', '{{.FromImageDigest}}', image]);
      expectSame('digest', digest, await world.api.digest(DEBIAN.repository, DEBIAN.tag));
    });
    await report.step(
      'buildah pushes an image of its own, which crane finds whole and under the same digest',
      async () => {
        const image = { repository: 'library/buildah', tag: '1' };
        const digestFile = join(world.directory, 'buildah-digest');
        const files = join(world.directory, 'buildah-files');
        await writeLayerFiles(files, { files: 100, largeMib: 12 });
        const container = await buildah.run(['from', 'scratch']);
        await buildah.run(['copy', container, files, '/srv']);
        await buildah.run(['commit', '--rm', container, reference(world, image)]);
        await buildah.run(['push', '--tls-verify=false', '--digestfile', digestFile, reference(world, image)]);
        const pushed = await readFile(digestFile, 'utf8');
        expectSame('digest', await world.api.digest(image.repository, image.tag), pushed);
        const crane = await world.client('crane');
        expectSame('digest crane sees', await crane.run(['digest', reference(world, image)]), pushed);
        await crane.run(['validate', '--remote', reference(world, image)]);
      },
    );
  },
};
