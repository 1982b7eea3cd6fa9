import { expect, it } from 'vitest';
import type { ExternalIdentity } from '#domain/access/external-identity';
import type { ExternalGroup } from '#domain/groups/user-group';
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

/** Names of the groups known here that begin so, and how many of them the account is in. */
async function knownGroups(prefix: string, username: string) {
  const { results } = await testEnv.DB.prepare(
    `select g.name, g.ldap_dn, exists (select 1 from user_group_members m join users u on u.id = m.user_id
       where m.group_id = g.id and u.username = ?2) is_in from user_groups g where g.name like ?1 || '%' order by g.id`,
  )
    .bind(prefix, username)
    .all<{ name: string; ldap_dn: string | null; is_in: number }>();
  return { names: results.map(({ name }) => name), joined: results.filter((row) => row.is_in === 1).length, results };
}

it('a login makes the groups known that it tells of, once for two at the same time', async () => {
  const groups = [{ type: 1, name: 'new-team', ldapDn: 'cn=new-team,dc=x' } as const];
  await Promise.all([onboard('racer-1', { groups }), onboard('racer-2', { groups })]);
  expect((await knownGroups('new-team', 'racer-1')).results).toEqual([
    { name: 'new-team', ldap_dn: 'cn=new-team,dc=x', is_in: 1 },
  ]);
  expect((await knownGroups('new-team', 'racer-2')).joined).toBe(1);
});

it('a login makes 200 new groups known, and the next one the rest', async () => {
  const groups = Array.from({ length: 201 }, (_, index) => ({ type: 3, name: `many-${index}` }) as const);
  await onboard('joiner', { groups });
  expect(await knownGroups('many-', 'joiner')).toMatchObject({ names: { length: 200 }, joined: 200 });
  await onboard('joiner', { groups });
  expect(await knownGroups('many-', 'joiner')).toMatchObject({ names: { length: 201 }, joined: 201 });
});

it.each<readonly [string, ExternalGroup]>([
  ['no name', { type: 3, name: ' ' }],
  ['a name that is too long', { type: 2, name: `odd-${'x'.repeat(252)}` }],
  ['a name that breaks the line', { type: 3, name: 'odd-\n' }],
  ['a name with half a pair of surrogates', { type: 3, name: 'odd-\ud800' }],
  ['no distinguished name', { type: 1, name: 'odd-ldap' }],
])('a group with %s stays unknown, and is nothing new at the next login', async (_, group) => {
  const first = await onboard('odd-member', { groups: [group] });
  expect((await knownGroups('odd-', 'odd-member')).names).toEqual([]);
  expect(await onboard('odd-member', { groups: [group] })).toEqual(first);
});
