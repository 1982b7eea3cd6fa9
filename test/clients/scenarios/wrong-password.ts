import { reference, type Scenario, SMALL } from '#test/clients/scenario';
import type { Tool } from '#test/support/suites/tools';

const REFUSAL = /unauthorized|401|denied|incorrect|invalid username/i;

export const wrongPasswordScenario: Scenario = {
  name: 'wrong password',
  async run(world, report) {
    const { host, username } = world.registry;
    const user = ['--username', username, '--password-stdin'];
    const logins: readonly (readonly [Tool, readonly string[]])[] = [
      ['docker', ['login', ...user, host]],
      ['podman', ['login', '--tls-verify=false', ...user, host]],
      ['buildah', ['login', '--tls-verify=false', ...user, host]],
      ['skopeo', ['login', '--tls-verify=false', ...user, host]],
      ['oras', ['login', '--plain-http', ...user, host]],
      ['helm', ['registry', 'login', host, '--plain-http', ...user]],
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
      const login = ['registry', 'login', host, '--user', username, '--pass-stdin'];
      await regctl.refused(login, REFUSAL, { input: 'not the password' });
    });
    await report.check('crane, which only stores what it is given, is refused at its first push', async () => {
      const crane = await world.client('crane', 'crane-intruder');
      await crane.run(['auth', 'login', host, ...user], { input: 'not the password' });
      await crane.refused(['tag', reference(world, SMALL), 'intruder'], REFUSAL);
    });
  },
};
