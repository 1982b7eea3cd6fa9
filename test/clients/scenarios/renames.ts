import { expectSame } from '#test/clients/expectations';
import { reference, type Scenario, SMALL, type World } from '#test/clients/scenario';

const PROJECT = { old: 'before-rename', present: 'after-rename' } as const;
const REPOSITORY = { old: 'apps/small', present: 'services/small' } as const;
const ACCESS = [{ resource: 'repository', action: 'pull' }] as const;

/** Projects and repositories get other names, and clients that say the old ones go on. */
export const renamesScenario: Scenario = {
  name: 'renames',
  async run(world, report) {
    const crane = await world.client('crane');
    const expectImage = async (name: string) => {
      const digest = await world.api.digest(SMALL.repository, SMALL.tag);
      expectSame('digest', await crane.run(['digest', reference(world, { repository: name, tag: SMALL.tag })]), digest);
      await crane.run(['validate', '--remote', reference(world, { repository: name, tag: SMALL.tag })]);
    };

    await report.step('crane pushes to a private project', async () => {
      await world.api.createPrivateProject(PROJECT.old);
      await crane.run(['copy', reference(world, SMALL), imageOf(world, `${PROJECT.old}/${REPOSITORY.old}`)]);
    });
    const robot = await report.step('there is a robot for the repositories of the old name', () => createRobot(world));
    await report.step('crane pulls a renamed project under both names', async () => {
      await world.api.post(`projects/${PROJECT.old}/rename`, { name: PROJECT.present });
      for (const project of Object.values(PROJECT)) await expectImage(`${project}/${REPOSITORY.old}`);
    });
    await report.step('crane pulls a renamed repository under every name', async () => {
      const path = `projects/${PROJECT.present}/repositories/${inPath(REPOSITORY.old)}/move`;
      await world.api.post(path, { repository_name: REPOSITORY.present });
      for (const project of Object.values(PROJECT)) {
        for (const name of Object.values(REPOSITORY)) await expectImage(`${project}/${name}`);
      }
    });
    await report.step('crane pushes under the old name, and the tag is under the new one', async () => {
      const old = `${PROJECT.old}/${REPOSITORY.old}`;
      await crane.run(['copy', reference(world, SMALL), reference(world, { repository: old, tag: 'next' })]);
      const tags = await world.api.tags(`${PROJECT.present}/${REPOSITORY.present}`);
      expectSame('tags', tags.join(), `${SMALL.tag},next`);
    });
    await report.step('the robot logs in by its old name and pulls by the old name of its repositories', async () => {
      const client = await world.client('crane', 'crane-robot-of-old-name');
      const { host } = world.registry;
      const login = ['auth', 'login', host, '--username', robot.name, '--password-stdin'];
      await client.run(login, { input: robot.secret });
      for (const project of Object.values(PROJECT)) {
        await client.run(['validate', '--remote', imageOf(world, `${project}/${REPOSITORY.old}`)]);
      }
      const present = imageOf(world, `${PROJECT.present}/${REPOSITORY.present}`);
      await client.refused(['digest', present], /unauthorized|denied/i);
    });
    await report.step('a repository moves to another project, and is pulled by the oldest name', async () => {
      await world.api.createPrivateProject('moved-to');
      const path = `projects/${PROJECT.present}/repositories/${inPath(REPOSITORY.present)}/move`;
      await world.api.post(path, { project_name: 'moved-to', repository_name: 'small' });
      await expectImage(`${PROJECT.old}/${REPOSITORY.old}`);
      await expectImage('moved-to/small');
    });
  },
};

interface Robot {
  readonly name: string;
  readonly secret: string;
}

async function createRobot(world: World): Promise<Robot> {
  const { answer } = await world.api.create('robots', {
    name: 'of-old-name',
    level: 'project',
    duration: -1,
    permissions: [{ kind: 'project', namespace: `${PROJECT.old}/apps/**`, access: ACCESS }],
  });
  return JSON.parse(answer) as Robot;
}

function imageOf(world: World, repository: string): string {
  return reference(world, { repository, tag: SMALL.tag });
}

/** Slashes of a repository's name are encoded twice. */
function inPath(name: string): string {
  return encodeURIComponent(encodeURIComponent(name));
}
