import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectSame } from '#test/clients/expectations';
import type { Scenario } from '#test/clients/scenario';

const CHART = 'harbour';
const CHART_FILE = `${CHART}-0.1.0.tgz`;

export const helmScenario: Scenario = {
  name: 'helm',
  async run(world, report) {
    const helm = await world.client('helm');
    const { host, username, password } = world.registry;
    const chart = join(world.directory, CHART_FILE);

    await report.step('helm logs in', () =>
      helm.run(['registry', 'login', host, '--plain-http', '--username', username, '--password-stdin'], {
        input: password,
      }),
    );
    await report.step('helm pushes a chart', async () => {
      await helm.run(['create', CHART], { cwd: world.directory });
      await helm.run(['package', CHART, '--destination', world.directory], { cwd: world.directory });
      await helm.run(['push', chart, `oci://${host}/library/charts`, '--plain-http']);
    });
    await report.step('helm pulls the chart with the same bytes', async () => {
      const destination = join(world.directory, 'home', 'helm');
      const source = `oci://${host}/library/charts/${CHART}`;
      await helm.run(['pull', source, '--version', '0.1.0', '--plain-http', '--destination', destination]);
      const pulled = await readFile(join(destination, CHART_FILE));
      if (!pulled.equals(await readFile(chart))) throw new Error('the pulled chart differs from the pushed one');
    });
    await report.step('oras sees the chart under the digest the registry holds', async () => {
      const oras = await world.client('oras');
      const manifest = await oras.run(['resolve', '--plain-http', `${host}/library/charts/${CHART}:0.1.0`]);
      expectSame('digest', manifest, await world.api.digest(`library/charts/${CHART}`, '0.1.0'));
    });
  },
};
