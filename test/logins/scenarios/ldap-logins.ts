import { expectSame } from '#test/clients/expectations';
import { RegistryCaller } from '#test/logins/registry-caller';
import { CREW, GUEST, type LdapWorld } from '#test/logins/scenarios/ldap-world';
import { DEVELOPERS, LONER, PEOPLE, type Person, STRANGER } from '#test/support/suites/ldap-people';
import type { Report } from '#test/support/suites/report';

/** Who is let in, as whom, and what their groups give them. */
export async function checkLdapLogins(world: LdapWorld, report: Report): Promise<void> {
  await report.step('a group of the directory is made a member of a private project, its name written otherwise', () =>
    admitDevelopers(world),
  );
  const { alice, special, comma, unicode } = PEOPLE;
  for (const [isParallel, people] of [[false, [alice, special]] as const, [true, [comma, unicode]] as const]) {
    await world.admin.expect(200, 'PUT', '/api/v2.0/configurations', { ldap_group_attach_parallel: isParallel });
    for (const person of people) {
      await report.check(`${person.uid} logs in and pulls what the group may`, () => checkMember(world, person));
    }
  }
  await report.check('somebody without groups logs in and pulls nothing private', async () => {
    const loner = callerOf(world, LONER);
    expectSame('username', (await loner.currentUser()).username, LONER.uid);
    expectSame('status', await loner.pull(CREW.repository), 401);
  });
  await report.check('a name is the one of the directory, however it is typed', async () => {
    const { username } = await new RegistryCaller(world.registry, 'ALICE', PEOPLE.alice.password).currentUser();
    expectSame('username', username, 'alice');
  });
  await checkAdministrators(world, report);
  await checkRefusals(world, report);
}

async function admitDevelopers({ admin }: LdapWorld): Promise<void> {
  await admin.seedRepository(CREW.project, CREW.repository);
  const dn = DEVELOPERS.dn.toUpperCase().replaceAll(',', ' , ');
  const group = { group_name: 'developers', group_type: 1, ldap_group_dn: dn };
  await admin.expect(201, 'POST', '/api/v2.0/usergroups', group);
  const member = { role_id: GUEST, member_group: { group_name: 'developers', group_type: 1, ldap_group_dn: dn } };
  await admin.expect(201, 'POST', `/api/v2.0/projects/${CREW.project}/members`, member);
}

async function checkMember(world: LdapWorld, person: Person): Promise<void> {
  const caller = callerOf(world, person);
  const user = await caller.currentUser();
  expectSame('username', user.username, person.uid);
  expectSame('realname', user.realname, person.cn);
  // Harbor leaves an empty one out.
  expectSame('email', user.email, person.mail);
  expectSame('sysadmin_flag', user.sysadmin_flag, false);
  expectSame('status of a pull', await caller.pull(CREW.repository), 200);
}

async function checkAdministrators(world: LdapWorld, report: Report): Promise<void> {
  await report.check('a member of the administrators’ group is a system administrator', async () => {
    const bob = callerOf(world, PEOPLE.bob);
    expectSame('admin_role_in_auth', (await bob.currentUser()).admin_role_in_auth, true);
    await bob.expect(200, 'GET', '/api/v2.0/ldap/users/search?username=alice');
  });
  await report.check('nobody else is', async () => {
    await callerOf(world, PEOPLE.alice).expect(403, 'GET', '/api/v2.0/ldap/users/search?username=alice');
  });
  await report.check('admin logs in here all the same', async () => {
    expectSame('sysadmin_flag', (await world.admin.currentUser()).sysadmin_flag, true);
  });
}

async function checkRefusals({ registry }: LdapWorld, report: Report): Promise<void> {
  const cases: readonly (readonly [string, string, string])[] = [
    ['a wrong password', 'alice', 'wrong'],
    ['an empty password', 'alice', ''],
    ['a name that nobody has', 'nobody', 'wrong'],
    ['a name with a wildcard', 'al*', PEOPLE.alice.password],
    ['a name that would end the filter', 'alice)(uid=*', PEOPLE.alice.password],
    ['a name that two have', PEOPLE.twin.uid, PEOPLE.twin.password],
    ['somebody whom the filter leaves out', STRANGER.uid, STRANGER.password],
    ['the wrong case in a password', 'bob', PEOPLE.bob.password.toLowerCase()],
  ];
  for (const [what, username, password] of cases) {
    await report.check(`${what} is refused`, async () => {
      const caller = new RegistryCaller(registry, username, password);
      await caller.expect(401, 'GET', '/api/v2.0/users/current');
      await caller.expect(401, 'GET', '/service/token?service=harbor-registry');
    });
  }
}

function callerOf({ registry }: LdapWorld, { uid, password }: Person): RegistryCaller {
  return new RegistryCaller(registry, uid, password);
}
