import { expectMatch, expectSame } from '#test/clients/expectations';
import { DEBIAN, reference, type Scenario } from '#test/clients/scenario';

export const mountScenario: Scenario = {
  name: 'cross-repository mount',
  async run(world, report) {
    const docker = await world.client('docker');
    const second = { repository: 'library/debian-mounted', tag: '1' };

    await report.step('docker pushes to a second repository without sending a layer: all are mounted', async () => {
      await docker.run(['tag', reference(world, DEBIAN), reference(world, second)]);
      const printed = await docker.run(['push', reference(world, second)]);
      expectMatch('what docker printed', printed, new RegExp(`Mounted from ${DEBIAN.repository}`));
      if (/: Pushed/.test(printed)) throw new Error(`a layer was sent again:\n${printed}`);
    });
    await report.step('the mounted image has an identical digest and is whole', async () => {
      const digest = await world.api.digest(second.repository, second.tag);
      expectSame('digest', digest, await world.api.digest(DEBIAN.repository, DEBIAN.tag));
      const crane = await world.client('crane');
      await crane.run(['validate', '--remote', reference(world, second)]);
    });
  },
};
