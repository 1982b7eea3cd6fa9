import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DOCKER_TOOLS, dockerRound } from '#test/logins/docker-round';
import { RegistryCaller } from '#test/logins/registry-caller';
import type { Scenario, World } from '#test/logins/scenario';
import { checkLdapAdministration } from '#test/logins/scenarios/ldap-administration';
import { checkLdapLogins } from '#test/logins/scenarios/ldap-logins';
import { checkLdapOutages } from '#test/logins/scenarios/ldap-outages';
import type { LdapWorld } from '#test/logins/scenarios/ldap-world';
import {
  ADMINISTRATORS,
  directoryEntries,
  GROUP_FILTER,
  PEOPLE,
  USER_FILTER,
  USERS_DN,
} from '#test/support/suites/ldap-people';
import type { Report } from '#test/support/suites/report';
import { SEARCH_ACCOUNT, Slapd } from '#test/support/suites/slapd';

/** Logins, groups and administration against OpenLDAP's server. */
export const ldapScenario: Scenario = {
  name: 'ldap',
  tools: ['slapd', 'ldapadd', 'ldapsearch', 'openssl', ...DOCKER_TOOLS],
  run: runLdap,
};

async function runLdap({ registry, directory }: World, report: Report): Promise<void> {
  const home = join(directory, 'slapd');
  await mkdir(home);
  const slapd = await Slapd.start(home, directoryEntries());
  const admin = new RegistryCaller(registry, registry.username, registry.password);
  const world: LdapWorld = { registry, admin, slapd };
  try {
    await report.step('the administrator sets ldap_auth', () => useDirectory(world));
    await checkLdapLogins(world, report);
    const { uid: username, password } = PEOPLE.alice;
    await report.check(`${username} logs in with docker, pushes and pulls`, () =>
      dockerRound({ registry, directory }, { username, password }),
    );
    await checkLdapAdministration(world, report);
    await checkLdapOutages(world, report);
  } finally {
    await slapd.stop();
  }
}

async function useDirectory({ admin, slapd }: LdapWorld): Promise<void> {
  await admin.expect(200, 'PUT', '/api/v2.0/configurations', {
    auth_mode: 'ldap_auth',
    ldap_url: slapd.url,
    ldap_search_dn: SEARCH_ACCOUNT.dn,
    ldap_search_password: SEARCH_ACCOUNT.password,
    ldap_base_dn: USERS_DN,
    ldap_filter: USER_FILTER,
    ldap_uid: 'uid',
    ldap_timeout: 2,
    ldap_group_base_dn: 'OU=Groups, DC=example, DC=org',
    ldap_group_search_filter: GROUP_FILTER,
    ldap_group_attribute_name: 'cn',
    ldap_group_membership_attribute: 'memberof',
    ldap_group_admin_dn: ADMINISTRATORS.dn.toUpperCase(),
  });
}
