import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestIn, expectSame } from '#test/clients/expectations';
import { DEBIAN, reference, type Scenario } from '#test/clients/scenario';

export const orasScenario: Scenario = {
  name: 'oras',
  async run(world, report) {
    const oras = await world.client('oras');
    const { host, username, password } = world.registry;

    await report.step('oras logs in', () =>
      oras.run(['login', '--plain-http', '--username', username, '--password-stdin', host], { input: password }),
    );
    await report.step('oras copies the Debian image through a local layout with an identical digest', async () => {
      const layout = `${join(world.directory, 'oras-layout')}:1`;
      const copy = { repository: 'library/oras', tag: '1' };
      await oras.run(['cp', '--from-plain-http', '--to-oci-layout', reference(world, DEBIAN), layout]);
      await oras.run(['cp', '--from-oci-layout', '--to-plain-http', layout, reference(world, copy)]);
      const pushed = await world.api.digest(copy.repository, copy.tag);
      expectSame('digest', pushed, await world.api.digest(DEBIAN.repository, DEBIAN.tag));
    });
    await report.step('oras pushes an artifact of files and pulls the same bytes', async () => {
      const artifact = { repository: 'library/oras-files', tag: 'v1' };
      const directory = join(world.directory, 'oras-files');
      const bytes = randomBytes(6 * 1024 * 1024);
      await mkdir(join(directory, 'pulled'), { recursive: true });
      await writeFile(join(directory, 'model.bin'), bytes);
      const file = 'model.bin:application/vnd.example.model';
      const arguments_ = [
        '--plain-http',
        '--artifact-type',
        'application/vnd.example.bundle',
        reference(world, artifact),
      ];
      const pushed = digestIn(await oras.run(['push', ...arguments_, file], { cwd: directory }));
      expectSame('digest', await world.api.digest(artifact.repository, artifact.tag), pushed);
      await oras.run(['pull', '--plain-http', '--output', join(directory, 'pulled'), reference(world, artifact)]);
      const pulled = await readFile(join(directory, 'pulled', 'model.bin'));
      if (!pulled.equals(bytes)) throw new Error('the pulled file differs from the pushed one');
    });
  },
};
