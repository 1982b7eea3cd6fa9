import type { Client } from '#test/clients/client';
import { digestIn, expectSame } from '#test/clients/expectations';
import { reference, type Scenario, SMALL, type World } from '#test/clients/scenario';
import type { Report } from '#test/support/suites/report';

const REFUSAL = /unauthorized|denied|authentication required/i;
const PROJECT = 'crew';
const PASSWORD = 'Passw0rd-crew';

/** Harbor's role numbers, and whether the role may push. */
const ROLES = {
  'project-admin': { role: 1, mayPush: true },
  maintainer: { role: 4, mayPush: true },
  developer: { role: 2, mayPush: true },
  guest: { role: 3, mayPush: false },
  'limited-guest': { role: 5, mayPush: false },
} as const;

interface Account {
  readonly name: string;
  readonly username: string;
  readonly password: string;
}

/** Each kind of account logs in with docker, pulls, and pushes where it may. */
export const accountsScenario: Scenario = {
  name: 'accounts',
  async run(world, report) {
    await report.step('the administrator makes a private project with an image', async () => {
      await world.api.createPrivateProject(PROJECT);
      const crane = await world.client('crane');
      await crane.run(['copy', reference(world, SMALL), imageOf(world, 'base')]);
    });
    for (const [name, { role, mayPush }] of Object.entries(ROLES)) {
      const account = await report.step(`there is a ${name}`, () => createMember(world, name, role));
      const docker = await canPull(world, report, account);
      if (mayPush) await canPush(world, report, docker, account.name, account.name);
      else await cannotPush(world, report, docker, account.name, account.name);
    }
    await robots(world, report);
  },
};

async function robots(world: World, report: Report): Promise<void> {
  const access = ['pull', 'push'].map((action) => ({ resource: 'repository', action }));
  const project = await report.step('there is a robot of the project', () =>
    createRobot(world, 'project-robot', 'project', [{ kind: 'project', namespace: PROJECT, access }]),
  );
  await canPush(world, report, await canPull(world, report, project), project.name, project.name);

  const system = await report.step('there is a robot of the system', () =>
    createRobot(world, 'system-robot', 'system', [{ kind: 'project', namespace: '*', access }]),
  );
  await canPush(world, report, await canPull(world, report, system), system.name, system.name);

  const limited = await report.step('there is a robot for some repositories', () =>
    createRobot(world, 'limited-robot', 'project', [{ kind: 'project', namespace: `${PROJECT}/team-a/**`, access }]),
  );
  const docker = await logIn(world, report, limited);
  await canPush(world, report, docker, limited.name, 'team-a/app');
  await report.check('limited-robot pulls inside its pattern', async () => {
    await docker.run(['pull', imageOf(world, 'team-a/app')]);
  });
  await cannotPush(world, report, docker, limited.name, 'team-b/app');
  await report.check('limited-robot is refused a pull outside its pattern', () =>
    docker.refused(['pull', imageOf(world, 'base')], REFUSAL),
  );
}

async function createMember(world: World, name: string, role: number): Promise<Account> {
  const username = `crew-${name}`;
  const email = `${username}@example.com`;
  await world.api.create('users', { username, password: PASSWORD, email, realname: name });
  await world.api.create(`projects/${PROJECT}/members`, { role_id: role, member_user: { username } });
  return { name, username, password: PASSWORD };
}

async function createRobot(world: World, name: string, level: string, permissions: unknown): Promise<Account> {
  const { answer } = await world.api.create('robots', { name, level, duration: -1, permissions });
  const robot = JSON.parse(answer) as { readonly name: string; readonly secret: string };
  return { name, username: robot.name, password: robot.secret };
}

function logIn(world: World, report: Report, { name, username, password }: Account): Promise<Client> {
  return report.step(`${name} logs in with docker`, async () => {
    const docker = await world.client('docker', `docker-${name}`);
    const login = ['login', '--username', username, '--password-stdin', world.registry.host];
    await docker.run(login, { input: password });
    return docker;
  });
}

async function canPull(world: World, report: Report, account: Account): Promise<Client> {
  const docker = await logIn(world, report, account);
  await report.step(`${account.name} pulls`, async () => {
    const digest = digestIn(await docker.run(['pull', imageOf(world, 'base')]));
    expectSame('digest', digest, await world.api.digest(`${PROJECT}/base`, SMALL.tag));
  });
  return docker;
}

function canPush(world: World, report: Report, docker: Client, name: string, repository: string): Promise<void> {
  return report.check(`${name} pushes to ${repository}`, async () => {
    await docker.run(['tag', imageOf(world, 'base'), imageOf(world, repository)]);
    const digest = digestIn(await docker.run(['push', imageOf(world, repository)]));
    expectSame('digest', await world.api.digest(`${PROJECT}/${repository}`, SMALL.tag), digest);
  });
}

function cannotPush(world: World, report: Report, docker: Client, name: string, repository: string): Promise<void> {
  return report.check(`${name} is refused a push to ${repository}`, async () => {
    await docker.run(['tag', imageOf(world, 'base'), imageOf(world, repository)]);
    await docker.refused(['push', imageOf(world, repository)], REFUSAL);
  });
}

function imageOf(world: World, repository: string): string {
  return reference(world, { repository: `${PROJECT}/${repository}`, tag: SMALL.tag });
}
