import { join } from 'node:path';
import { digestIn, expectSame } from '#test/clients/expectations';
import { writeLayerArchive } from '#test/clients/image-files';
import { reference, type Scenario, type World } from '#test/clients/scenario';

const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const;
const INDEX = { repository: 'library/multi-arch', tag: '1' } as const;
/** Made by buildah, whose list skopeo can write again byte for byte: it drops fields that are newer than itself. */
const LIST = { repository: 'library/manifest-list', tag: '1' } as const;

export const multiArchScenario: Scenario = {
  name: 'multi-arch index',
  async run(world, report) {
    const crane = await world.client('crane');
    const children = new Map<string, string>();

    await report.step('crane pushes an image for each of two platforms and an index of both', async () => {
      for (const platform of PLATFORMS) children.set(platform, await pushForPlatform(world, platform));
      const repository = `${world.registry.host}/${INDEX.repository}`;
      const manifests = [...children.values()].flatMap((digest) => ['--manifest', `${repository}@${digest}`]);
      await crane.run(['index', 'append', ...manifests, '--tag', reference(world, INDEX)]);
    });
    const digest = await world.api.digest(INDEX.repository, INDEX.tag);
    for (const [platform, child] of children) {
      await report.step(`crane and podman get the image for ${platform} out of the index`, async () => {
        const seen = await crane.run(['digest', '--platform', platform, reference(world, INDEX)]);
        expectSame('digest', seen, child);
        const podman = await world.client('podman');
        await podman.run(['pull', '--tls-verify=false', '--platform', platform, reference(world, INDEX)]);
        const found = await podman.run([
          'image',
          'inspect',
          '--format',
          '{{.Os}}/{{.Architecture}}',
          reference(world, INDEX),
        ]);
        expectSame('platform', found, platform);
      });
    }
    await report.step('regctl copies the whole index to another repository with an identical digest', async () => {
      const regctl = await world.client('regctl');
      const copy = { repository: 'library/multi-arch-regctl', tag: '1' };
      await regctl.run(['image', 'copy', reference(world, INDEX), reference(world, copy)]);
      expectSame('digest', await world.api.digest(copy.repository, copy.tag), digest);
      await crane.run(['validate', '--remote', reference(world, copy)]);
    });
    await report.step('buildah pushes a manifest list, whose images podman pulls', () => pushWithBuildah(world));
    await report.step('skopeo copies the manifest list through files with identical digests', async () => {
      const skopeo = await world.client('skopeo');
      const files = `dir:${join(world.directory, 'multi-arch-files')}`;
      const copy = { repository: 'library/manifest-list-copy', tag: '1' };
      const flags = ['copy', '--all', '--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=false'];
      await skopeo.run([...flags, `docker://${reference(world, LIST)}`, files]);
      await skopeo.run([...flags, files, `docker://${reference(world, copy)}`]);
      const digest = await world.api.digest(LIST.repository, LIST.tag);
      expectSame('digest', await world.api.digest(copy.repository, copy.tag), digest);
    });
  },
};

/** Pushes an image of one layer and answers its digest. */
async function pushForPlatform(world: World, platform: string): Promise<string> {
  const crane = await world.client('crane');
  const name = platform.replace('/', '-');
  const image = reference(world, { repository: INDEX.repository, tag: name });
  const layer = await writeLayerArchive(world.directory, `multi-arch-${name}`, 1);
  await crane.run(['append', '--oci-empty-base', '--new_layer', layer, '--new_tag', image]);
  return digestIn(await crane.run(['mutate', '--set-platform', platform, '--tag', image, image]));
}

async function pushWithBuildah(world: World): Promise<void> {
  const buildah = await world.client('buildah');
  await buildah.run(['manifest', 'create', 'both']);
  for (const platform of PLATFORMS) {
    const image = reference(world, { repository: INDEX.repository, tag: platform.replace('/', '-') });
    await buildah.run(['manifest', 'add', '--tls-verify=false', 'both', `docker://${image}`]);
  }
  const target = `docker://${reference(world, LIST)}`;
  await buildah.run(['manifest', 'push', '--all', '--tls-verify=false', 'both', target]);
  const podman = await world.client('podman');
  await podman.run(['pull', '--tls-verify=false', '--platform', 'linux/arm64', reference(world, LIST)]);
}
