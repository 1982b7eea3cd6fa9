import { join, resolve } from 'node:path';
import { type Scenario, SMALL } from '#test/clients/scenario';
import { execute, run } from '#test/support/suites/command';
import { toolPath } from '#test/support/suites/tools';

const SOURCES = resolve(import.meta.dirname, '../harbor-go-client');
const STEP = /^(?<outcome>ok|not ok) (?<name>[^:]+)(?:: (?<reason>.*))?$/;

/** Harbor's own Go client, unmodified, makes a round through the management API. */
export const harborGoClientScenario: Scenario = {
  name: 'harbor-go-client',
  async run(world, report) {
    const program = join(world.directory, 'harbor-go-client');
    await report.step('the program on top of goharbor/go-client is built', () =>
      run(toolPath('go'), ['build', '-buildvcs=false', '-o', program, '.'], { cwd: SOURCES }),
    );
    const { url, username, password } = world.registry;
    const [project = '', repository = ''] = SMALL.repository.split('/');
    const { stdout, stderr } = await execute(program, [], {
      env: {
        REGISTRY_URL: url,
        REGISTRY_USERNAME: username,
        REGISTRY_PASSWORD: password,
        IMAGE_PROJECT: project,
        IMAGE_REPOSITORY: repository,
        IMAGE_TAG: SMALL.tag,
      },
    });
    const steps = stdout.split('\n').flatMap((line) => {
      const groups = STEP.exec(line)?.groups;
      return groups ? [groups] : [];
    });
    await report.check('the round comes to its end', async () => {
      if (!steps.some(({ name }) => name === 'the users are deleted')) throw new Error(`${stdout}\n${stderr}`);
    });
    for (const { outcome, name = '', reason } of steps)
      await report.check(`go-client: ${name}`, async () => {
        if (outcome !== 'ok') throw new Error(reason);
      });
  },
};
