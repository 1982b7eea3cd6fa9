import { expect, it } from 'vitest';
import type { ExternalIdentity } from '#domain/access/external-identity';
import { createHarness } from '#test/support/harness';
import { testEnv } from '#test/support/server';

const { users } = createHarness({ CONFIG_OVERWRITE_JSON: '{"auth_mode":"ldap_auth"}' }).services;

function onboard(username: string, given: Partial<ExternalIdentity> = {}) {
  const identity = { username, email: undefined, realname: undefined, groups: [], isAdministrator: false, ...given };
  return users.onboard(identity, 'ldap_auth', { username, sourceAddress: undefined });
}

it('a login that tells nothing new leaves the account’s tokens alone, though its address is another’s', async () => {
  await onboard('elder', { email: 'shared@example.org' });
  const first = await onboard('younger', { email: 'shared@example.org' });
  expect(first?.email).toBeUndefined();
  expect(await onboard('younger', { email: 'shared@example.org' })).toEqual(first);
});

it('a login that tells of a group in two ways tells nothing new the second time', async () => {
  await testEnv.DB.prepare(
    `insert into user_groups (name, type, ldap_dn, key, created_at_ms, updated_at_ms)
       values ('g', 1, 'cn=g,dc=x', 'cn=g,dc=x', 0, 0)`,
  ).run();
  const groups = ['cn=g,dc=x', 'CN=G, DC=x'].map((ldapDn) => ({ type: 1, name: 'g', ldapDn }) as const);
  const first = await onboard('member', { groups });
  expect(await onboard('member', { groups })).toEqual(first);
  expect((await onboard('member'))?.securityVersion).not.toBe(first?.securityVersion);
});
