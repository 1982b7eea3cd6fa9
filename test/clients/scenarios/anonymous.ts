import { join } from 'node:path';
import { reference, type Scenario, SMALL } from '#test/clients/scenario';
import type { Tool } from '#test/support/suites/tools';

const REFUSAL = /unauthorized|401|denied|authentication required/i;
const PRIVATE = { repository: 'private-harbour/small', tag: '1' } as const;

export const anonymousScenario: Scenario = {
  name: 'anonymous access',
  async run(world, report) {
    const pulls = (image: string): readonly (readonly [Tool, readonly string[]])[] => {
      const target = join(world.directory, 'anonymous');
      return [
        ['docker', ['pull', image]],
        ['podman', ['pull', '--tls-verify=false', image]],
        ['buildah', ['pull', '--tls-verify=false', image]],
        ['skopeo', ['copy', '--src-tls-verify=false', `docker://${image}`, `dir:${target}-skopeo`]],
        ['crane', ['pull', image, `${target}-crane.tar`]],
        ['oras', ['cp', '--from-plain-http', '--to-oci-layout', image, `${target}-oras:1`]],
        [
          'regctl',
          ['image', 'copy', '--host', `reg=${world.registry.host},tls=disabled`, image, `ocidir://${target}-regctl:1`],
        ],
      ];
    };
    await report.step('the administrator makes a private project and pushes to it', async () => {
      await world.api.createPrivateProject('private-harbour');
      const crane = await world.client('crane');
      await crane.run(['copy', reference(world, SMALL), reference(world, PRIVATE)]);
    });
    for (const [tool, pull] of pulls(reference(world, SMALL))) {
      await report.check(`${tool} pulls from a public project without logging in`, async () =>
        (await world.client(tool, `${tool}-anonymous`)).run(pull),
      );
    }
    for (const [tool, pull] of pulls(reference(world, PRIVATE))) {
      await report.check(`${tool} is refused a pull from a private project without logging in`, async () =>
        (await world.client(tool, `${tool}-anonymous`)).refused(pull, REFUSAL),
      );
    }
    await report.check('a push without logging in is refused, to the public project too', async () => {
      const crane = await world.client('crane', 'crane-anonymous');
      const target = reference(world, { repository: 'library/from-nobody', tag: '1' });
      await crane.refused(['copy', reference(world, SMALL), target], REFUSAL);
    });
  },
};
