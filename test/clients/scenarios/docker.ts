import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '#test/clients/client';
import { debianRootFilesystem } from '#test/clients/debian-root-filesystem';
import { digestIn, expectMatch, expectSame } from '#test/clients/expectations';
import { writeLayerFiles } from '#test/clients/image-files';
import { DEBIAN, reference, type Scenario, type World } from '#test/clients/scenario';

export const dockerScenario: Scenario = {
  name: 'docker',
  async run(world, report) {
    const docker = await world.client('docker');
    const image = reference(world, DEBIAN);

    await report.check('GET /v2/ sends a client without credentials to the token service', async () => {
      const realm = `Bearer realm="${world.registry.url}/service/token",service="harbor-registry"`;
      expectSame('challenge', await world.api.challenge(), `401 ${realm}`);
    });
    await report.step('docker logs in', () => logIn(world, docker));
    await report.step('docker imports a Debian root filesystem and builds layers on it', () =>
      buildDebianImage(world, docker, image),
    );
    const digest = await report.step('docker pushes the Debian image', async () =>
      digestIn(await docker.run(['push', image])),
    );
    await report.step('the registry holds the digest docker reports', async () =>
      expectSame('digest', await world.api.digest(DEBIAN.repository, DEBIAN.tag), digest),
    );
    await report.step('docker pulls the Debian image back, with the same digest and the same image id', async () => {
      const id = await docker.run(['image', 'inspect', '--format', '{{.Id}}', image]);
      await docker.run(['image', 'rm', '--force', id]);
      expectSame('digest', digestIn(await docker.run(['pull', image])), digest);
      expectSame('image id', await docker.run(['image', 'inspect', '--format', '{{.Id}}', image]), id);
    });
    await report.step('docker pushes again without sending a layer', async () => {
      const printed = await docker.run(['push', image]);
      expectMatch('what docker printed', printed, /Layer already exists/);
      if (/: Pushed/.test(printed)) throw new Error(`a layer was sent again:\n${printed}`);
      expectSame('digest', digestIn(printed), digest);
    });
  },
};

async function logIn(world: World, docker: Client): Promise<void> {
  const { host, username, password } = world.registry;
  await docker.run(['login', '--username', username, '--password-stdin', host], { input: password });
}

/** Four layers: Debian itself, thousands of small files, and two of tens of megabytes. */
async function buildDebianImage(world: World, docker: Client, image: string): Promise<void> {
  const context = join(world.directory, 'debian-build');
  await mkdir(context, { recursive: true });
  await docker.run(['import', await debianRootFilesystem(world.directory), 'debian-base']);
  await writeLayerFiles(join(context, 'application'), { files: 3000, largeMib: 1 });
  await writeLayerFiles(join(context, 'models'), { files: 0, largeMib: 24 });
  await writeLayerFiles(join(context, 'media'), { files: 0, largeMib: 40 });
  const lines = ['FROM debian-base', 'COPY application /srv/application', 'COPY models /srv/models'];
  lines.push('COPY media /srv/media', 'LABEL org.opencontainers.image.title="debian"', 'CMD ["/bin/sh"]');
  await writeFile(join(context, 'Dockerfile'), lines.join('\n'));
  // The classic builder needs no container for COPY, hence no network and no privileges beyond the daemon's.
  await docker.run(['build', '--tag', image, context], { env: { DOCKER_BUILDKIT: '0' } });
}
