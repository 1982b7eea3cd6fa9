import { describe, expect, it } from 'vitest';
import { ScryptHasher } from '#adapters/crypto/scrypt-hasher';
import { Sealer } from '#adapters/crypto/sealer';
import { D1ConfigurationStore } from '#adapters/d1/configuration-store';
import { D1UserGroupStore } from '#adapters/d1/user-group-store';
import { D1UserStore } from '#adapters/d1/user-store';
import { ConfigurationService } from '#domain/configuration/configuration-service';
import type { GroupDirectory } from '#domain/groups/group-directory';
import { UserGroupService } from '#domain/groups/user-group-service';
import { MemberResolver } from '#domain/members/member-resolver';
import type { UserDirectory } from '#domain/members/user-directory';
import { UserService } from '#domain/users/user-service';
import { TestClock } from '#test/support/harness';
import { TEST_PASSWORD_COST } from '#test/support/password-cost';
import { testEnv } from '#test/support/server';

const clock = new TestClock();
const actor = { username: 'admin', sourceAddress: undefined };
const nobody = { id: 0, username: '' };
const noGroup = { id: 0, name: '', type: 0, ldapDn: '' };

/** Knows one user and one group. */
const directory: UserDirectory & GroupDirectory = {
  findUser: async (username) =>
    username.trim() === 'carol'
      ? { username: 'carol', email: 'carol@example.org', realname: 'Carol', groups: [], isAdministrator: false }
      : undefined,
  findGroup: async ({ type, ldapDn }) =>
    ldapDn?.toLowerCase() === 'cn=crew,dc=org' ? { type, name: 'Crew', ldapDn: 'cn=Crew,dc=org' } : undefined,
};

function createIn(mode: string) {
  const { DB: db } = testEnv;
  const configuration = new ConfigurationService({
    store: new D1ConfigurationStore({ db }),
    logReceiver: { isThere: async () => true },
    secrets: new Sealer({ secretKey: 'unused', purpose: 'configuration' }),
    clock,
    overwritten: { auth_mode: mode },
  });
  const users = new UserService({
    users: new D1UserStore({ db, isModeFixed: true }),
    hasher: new ScryptHasher({ clock, parameters: TEST_PASSWORD_COST }),
    configuration,
    clock,
  });
  const directories = { ldap_auth: directory };
  const groups = new UserGroupService({ groups: new D1UserGroupStore({ db }), configuration, directories, clock });
  return { users, groups, resolver: new MemberResolver({ users, groups, configuration, directories }) };
}

describe('a user whom only the directory knows', () => {
  it('gets an account where the directory is in charge', async () => {
    const user = { id: 0, username: 'carol' };
    await expect(createIn('db_auth').resolver.resolve({ user, group: noGroup }, actor)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const { resolver, users } = createIn('ldap_auth');
    const entity = await resolver.resolve({ user, group: noGroup }, actor);
    expect(await users.find('carol')).toMatchObject({ id: entity.kind === 'user' && entity.id, realname: 'Carol' });
  });

  it('keeps what a login found out when the directory takes another spelling for their name', async () => {
    const { resolver, users } = createIn('ldap_auth');
    const identity = { username: 'carol', email: 'carol@example.org', realname: 'Carol', groups: [] };
    const before = await users.onboard({ ...identity, isAdministrator: true }, 'ldap_auth', actor);
    const entity = await resolver.resolve({ user: { id: 0, username: 'carol ' }, group: noGroup }, actor);
    expect(entity).toMatchObject({ kind: 'user', id: before?.id });
    expect(await users.find('carol')).toEqual(before);
  });

  it('is nobody where the directory does not know them either', async () => {
    const user = { id: 0, username: 'dave' };
    await expect(createIn('ldap_auth').resolver.resolve({ user, group: noGroup }, actor)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('a group of the directory', () => {
  const { resolver, groups } = createIn('ldap_auth');
  const resolve = (group: Partial<typeof noGroup>) =>
    resolver.resolve({ user: nobody, group: { ...noGroup, ...group } }, actor);

  it('becomes known under the name the client gives, or else the directory', async () => {
    const described = { type: 1, ldapDn: 'cn=Crew,dc=org' };
    expect(await resolve({ ldapDn: 'CN=crew,DC=org' })).toEqual({
      kind: 'new-group',
      name: 'Crew',
      group: { ...described, name: 'Crew' },
    });
    expect(await resolve({ ldapDn: 'CN=crew,DC=org', name: 'Ours' })).toEqual({
      kind: 'new-group',
      name: 'Ours',
      group: { ...described, name: 'Ours' },
    });
  });

  it('must be one the directory knows', async () => {
    await expect(resolve({ ldapDn: 'cn=other,dc=org' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    const create = groups.create({ name: 'other', type: 1, ldapDn: 'cn=other,dc=org' }, actor);
    await expect(create).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    const created = await groups.create({ name: 'crew', type: 1, ldapDn: 'CN=crew,DC=org' }, actor);
    expect(created).toMatchObject({ name: 'crew', ldapDn: 'cn=Crew,dc=org' });
    expect(await resolve({ name: 'crew', type: 1 })).toEqual({ kind: 'group', id: created.id, name: 'crew' });
  });
});
