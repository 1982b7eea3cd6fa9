import { join } from 'node:path';
import { Client } from '#test/clients/client';
import { DockerDaemon } from '#test/clients/docker-daemon';
import { digestIn, expectSame } from '#test/clients/expectations';
import { writeLayerArchive } from '#test/clients/image-files';
import { RegistryCaller } from '#test/logins/registry-caller';
import type { World } from '#test/logins/scenario';
import type { Tool } from '#test/support/suites/tools';

/** What a scenario that lets docker in needs. */
export const DOCKER_TOOLS: readonly Tool[] = ['dockerd', 'docker', 'tar'];

/** Somebody as docker knows them. */
export interface DockerUser {
  readonly username: string;
  readonly password: string;
}

/** Makes a private project of theirs, and then `docker login`, push and pull; throws unless it all works. */
export async function dockerRound({ registry, directory }: World, { username, password }: DockerUser): Promise<void> {
  const project = { project_name: 'docker-round', metadata: { public: 'false' } };
  await new RegistryCaller(registry, username, password).expect(201, 'POST', '/api/v2.0/projects', project);
  const image = `${registry.host}/docker-round/image:1`;
  const daemon = await DockerDaemon.start(join(directory, 'dockerd'));
  try {
    const docker = await Client.open('docker', join(directory, 'docker-home'), { DOCKER_HOST: daemon.socket });
    await docker.run(['login', '--username', username, '--password-stdin', registry.host], { input: password });
    await docker.run(['import', await writeLayerArchive(directory, 'docker-layer', 1), image]);
    const pushed = digestIn(await docker.run(['push', image]));
    await docker.run(['image', 'rm', '--force', image]);
    expectSame('digest', digestIn(await docker.run(['pull', image])), pushed);
  } finally {
    await daemon.stop();
  }
}
