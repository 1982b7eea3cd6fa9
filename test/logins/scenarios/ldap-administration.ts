import { expectMatch, expectSame } from '#test/clients/expectations';
import { RegistryCaller } from '#test/logins/registry-caller';
import { CREW, GUEST, type LdapWorld } from '#test/logins/scenarios/ldap-world';
import { CROWD_DN, DEVELOPERS, PEOPLE, USERS_DN } from '#test/support/suites/ldap-people';
import type { Report } from '#test/support/suites/report';
import { SEARCH_ACCOUNT } from '#test/support/suites/slapd';

const { password: ldap_search_password } = SEARCH_ACCOUNT;

/** Trying settings, searching, importing. */
export async function checkLdapAdministration(world: LdapWorld, report: Report): Promise<void> {
  await checkPings(world, report);
  await checkSearches(world, report);
  await checkImports(world, report);
  await checkMembers(world, report);
}

async function checkPings({ admin, slapd }: LdapWorld, report: Report): Promise<void> {
  const ping = async (settings?: Readonly<Record<string, unknown>>) => {
    const response = await admin.expect(200, 'POST', '/api/v2.0/ldap/ping', settings);
    return (await response.json()) as { readonly success: boolean; readonly message: string };
  };
  await report.check('a ping with the settings that are set succeeds', async () => {
    expectSame('success', (await ping({})).success, true);
  });
  const failures: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
    ['a wrong password of the search account', { ldap_search_password: 'x' }, /refuses ldap_search_dn/],
    ['a port where nobody listens', { ldap_url: 'ldap://127.0.0.1:1', ldap_search_password }, /nobody listens/],
    ['a URL of another kind', { ldap_url: 'http://localhost', ldap_search_password }, /ldap_url is not of the form/],
    // The platform trusts public authorities alone.
    [
      'a certificate of a private authority',
      { ldap_url: slapd.secureUrl, ldap_search_password },
      /its certificate must/,
    ],
    [
      'unchecked certificates',
      { ldap_url: slapd.secureUrl, ldap_search_password, ldap_verify_cert: false },
      /ldap_verify_cert cannot be false/,
    ],
    // Nobody can have the password that is set sent to a place of their choice.
    [
      'another directory without a password for it',
      { ldap_url: 'ldap://127.0.0.1:1' },
      /ldap_search_password is empty/,
    ],
  ];
  for (const [what, settings, message] of failures) {
    await report.check(`a ping with ${what} fails and says why`, async () => {
      const result = await ping(settings);
      expectSame('success', result.success, false);
      expectMatch('message', result.message, message);
    });
  }
}

async function checkSearches({ admin }: LdapWorld, report: Report): Promise<void> {
  const search = async (path: string) => (await admin.expect(200, 'GET', `/api/v2.0/ldap/${path}`)).json();
  await report.check('a user is found by name', async () => {
    const found = await search(`users/search?username=${encodeURIComponent(PEOPLE.special.uid)}`);
    const { uid: username, cn: realname } = PEOPLE.special;
    expectSame('users', JSON.stringify(found), JSON.stringify([{ username, realname }]));
  });
  await report.check('a group is found by name and by DN', async () => {
    const byName = (await search('groups/search?groupname=developers')) as readonly { ldap_group_dn: string }[];
    expectSame('DN', byName[0]?.ldap_group_dn, DEVELOPERS.dn);
    await search(`groups/search?groupdn=${encodeURIComponent(DEVELOPERS.dn.toUpperCase())}`);
  });
  await report.check('a group that the filter leaves out is not found', async () => {
    await admin.expect(404, 'GET', '/api/v2.0/ldap/groups/search?groupname=choir');
  });
  await report.check('of very many users a thousand are told', async () => {
    await admin.expect(200, 'PUT', '/api/v2.0/configurations', { ldap_base_dn: CROWD_DN });
    expectSame('users', ((await search('users/search')) as readonly unknown[]).length, 1_000);
    await admin.expect(200, 'PUT', '/api/v2.0/configurations', { ldap_base_dn: USERS_DN });
  });
}

async function checkImports({ admin }: LdapWorld, report: Report): Promise<void> {
  const { uid } = PEOPLE.imported;
  await report.check('a user is imported, and again', async () => {
    const wanted = { ldap_uid_list: [uid] };
    await admin.expect(200, 'POST', '/api/v2.0/ldap/users/import', wanted);
    await admin.expect(200, 'POST', '/api/v2.0/ldap/users/import', wanted);
    const found = (await (await admin.expect(200, 'GET', `/api/v2.0/users?q=username=${uid}`)).json()) as unknown[];
    expectSame('accounts', found.length, 1);
  });
  await report.check('who cannot be imported comes back with the reason, and the others are imported', async () => {
    const wanted = { ldap_uid_list: [uid, 'nobody', PEOPLE.twin.uid, ''] };
    const response = await admin.expect(404, 'POST', '/api/v2.0/ldap/users/import', wanted);
    const failures = (await response.json()) as readonly { readonly uid: string; readonly error: string }[];
    const told = failures.map((failure) => `${failure.uid}:${failure.error}`).join();
    expectSame('failures', told, ':empty_uid,nobody:unknown_user,twin:ambiguous_user');
  });
}

async function checkMembers({ registry, admin }: LdapWorld, report: Report): Promise<void> {
  const { uid, password } = PEOPLE.invited;
  await report.step('somebody who has never logged in becomes a member by name, and then pulls', async () => {
    const member = { role_id: GUEST, member_user: { username: uid } };
    await admin.expect(201, 'POST', `/api/v2.0/projects/${CREW.project}/members`, member);
    expectSame('status', await new RegistryCaller(registry, uid, password).pull(CREW.repository), 200);
  });
  await report.check('a user and a group that the directory does not know become no members', async () => {
    const path = `/api/v2.0/projects/${CREW.project}/members`;
    await admin.expect(404, 'POST', path, { role_id: GUEST, member_user: { username: 'nobody' } });
    const group = { group_name: 'x', group_type: 1, ldap_group_dn: DEVELOPERS.dn.replace('developers', 'nobody') };
    await admin.expect(400, 'POST', path, { role_id: GUEST, member_group: group });
    await admin.expect(400, 'POST', '/api/v2.0/usergroups', group);
  });
}
