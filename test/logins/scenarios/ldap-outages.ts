import { expectSame } from '#test/clients/expectations';
import { RegistryCaller } from '#test/logins/registry-caller';
import type { LdapWorld } from '#test/logins/scenarios/ldap-world';
import { FakeDirectory, MISCHIEFS } from '#test/support/suites/fake-directory';
import { LATECOMER } from '#test/support/suites/ldap-people';
import type { Report } from '#test/support/suites/report';

/** Directories that do not answer, or not as they should: 503, and the registry goes on. */
export async function checkLdapOutages(world: LdapWorld, report: Report): Promise<void> {
  const { admin, slapd } = world;
  const fake = await FakeDirectory.start('hangs-up');
  try {
    await report.step('the administrator sets another directory', () => setUrl(admin, fake.url));
    for (const mischief of MISCHIEFS) {
      fake.mischief = mischief;
      await report.check(`a directory that ${mischief} makes logins unavailable`, async () => {
        expectSame('status', await loginStatus(world), 503);
        await fake.untilLeft();
        expectSame('anonymous pings', (await fetch(`${world.registry.url}/api/v2.0/ping`)).status, 200);
      });
    }
  } finally {
    await fake.stop();
  }
  await setUrl(admin, slapd.url);
  await slapd.stop();
  await report.check('a directory that is down makes logins unavailable, but for admin', async () => {
    expectSame('status', await loginStatus(world), 503);
    await admin.expect(200, 'GET', '/api/v2.0/users/current');
    await admin.expect(503, 'GET', '/api/v2.0/ldap/users/search');
  });
  await slapd.resume();
  await report.check('logins work as soon as it is up again', async () => {
    expectSame('status', await loginStatus(world), 200);
  });
}

async function setUrl(admin: RegistryCaller, url: string): Promise<void> {
  await admin.expect(200, 'PUT', '/api/v2.0/configurations', { ldap_url: url });
}

/** Of somebody whose login nobody remembers. */
async function loginStatus({ registry }: LdapWorld): Promise<number> {
  const caller = new RegistryCaller(registry, LATECOMER.uid, LATECOMER.password);
  return (await caller.send('GET', '/service/token?service=harbor-registry&scope=repository:library/x:pull')).status;
}
