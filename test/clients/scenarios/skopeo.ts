import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectSame } from '#test/clients/expectations';
import { DEBIAN, reference, type Scenario } from '#test/clients/scenario';

export const skopeoScenario: Scenario = {
  name: 'skopeo',
  async run(world, report) {
    const skopeo = await world.client('skopeo');
    const { host, username, password } = world.registry;
    const source = `docker://${reference(world, DEBIAN)}`;
    const files = `dir:${join(world.directory, 'skopeo-files')}`;
    const copy = { repository: 'library/skopeo/nested/deeply', tag: '1' };

    await report.step('skopeo logs in', () =>
      skopeo.run(['login', '--tls-verify=false', '--username', username, '--password-stdin', host], {
        input: password,
      }),
    );
    await report.step('skopeo sees the digest docker pushed', async () => {
      const digest = await skopeo.run(['inspect', '--tls-verify=false', '--format', '{{.Digest}}', source]);
      expectSame('digest', digest, await world.api.digest(DEBIAN.repository, DEBIAN.tag));
    });
    await report.step('skopeo pulls the Debian image', () =>
      skopeo.run(['copy', '--src-tls-verify=false', '--preserve-digests', source, files]),
    );
    await report.step('skopeo pushes it to a nested repository with an identical digest', async () => {
      const digestFile = join(world.directory, 'skopeo-digest');
      const target = `docker://${reference(world, copy)}`;
      await skopeo.run([
        'copy',
        '--dest-tls-verify=false',
        '--preserve-digests',
        '--digestfile',
        digestFile,
        files,
        target,
      ]);
      const pushed = await readFile(digestFile, 'utf8');
      expectSame('digest', pushed, await world.api.digest(DEBIAN.repository, DEBIAN.tag));
      expectSame('digest', await world.api.digest(copy.repository, copy.tag), pushed);
    });
  },
};
