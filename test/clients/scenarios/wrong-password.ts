import { reference, type Scenario, SMALL } from '#test/clients/scenario';
import type { Tool } from '#test/support/suites/tools';

const REFUSAL = /unauthorized|401|denied|incorrect|invalid username/i;

export const wrongPasswordScenario: Scenario = {
  name: 'wrong password',
  async run(world, report) {
    const { host } = world.registry;
    // A name for each: so many failures of one account would be answered with 429.
    const as = (tool: Tool) => ['--username', `user-of-${tool}`, '--password-stdin'];
    const logins: readonly (readonly [Tool, readonly string[]])[] = [
      ['docker', ['login', ...as('docker'), host]],
      ['podman', ['login', '--tls-verify=false', ...as('podman'), host]],
      ['buildah', ['login', '--tls-verify=false', ...as('buildah'), host]],
      ['skopeo', ['login', '--tls-verify=false', ...as('skopeo'), host]],
      ['oras', ['login', '--plain-http', ...as('oras'), host]],
      ['helm', ['registry', 'login', host, '--plain-http', ...as('helm')]],
    ];
    for (const [tool, login] of logins) {
      await report.check(`${tool} is refused at login`, async () => {
        const client = await world.client(tool, `${tool}-intruder`);
        await client.refused(login, REFUSAL, { input: 'not the password' });
      });
    }
    await report.check('regctl is refused at login', async () => {
      const regctl = await world.client('regctl', 'regctl-intruder');
      await regctl.run(['registry', 'set', host, '--tls', 'disabled', '--skip-check']);
      const login = ['registry', 'login', host, '--user', 'user-of-regctl', '--pass-stdin'];
      await regctl.refused(login, REFUSAL, { input: 'not the password' });
    });
    await report.check('crane, which only stores what it is given, is refused at its first push', async () => {
      const crane = await world.client('crane', 'crane-intruder');
      await crane.run(['auth', 'login', host, ...as('crane')], { input: 'not the password' });
      await crane.refused(['tag', reference(world, SMALL), 'intruder'], REFUSAL);
    });
  },
};
