import { D1UserStore } from '#adapters/d1/user-store';
import { newMutation } from '#domain/events/mutation';
import { GROUP_TYPES, type UserGroup } from '#domain/groups/user-group';
import type { Harness } from '#test/support/harness';
import { testEnv } from '#test/support/server';

/** A group of an OIDC provider. */
export function insertGroup(server: Pick<Harness, 'services'>, name: string): Promise<UserGroup> {
  const actor = { username: 'admin', sourceAddress: undefined };
  return server.services.groups.create({ name, type: GROUP_TYPES.oidc, ldapDn: '' }, actor);
}

/** What a login stores when the provider tells that the account is in these groups, and in no others. */
export async function tellGroups(server: Pick<Harness, 'clock'>, username: string, names: readonly string[]) {
  const store = new D1UserStore({ db: testEnv.DB });
  const user = await store.findByUsername(username);
  if (!user) throw new Error(`there is no account ${username}`);
  const audit = {
    projectId: undefined,
    operation: 'update',
    resourceType: 'user',
    resource: username,
    description: '',
  };
  const groups = names.map((name) => ({ type: GROUP_TYPES.oidc, name }));
  await store.storeFacts(
    user,
    { email: undefined, realname: undefined, groups, isAdministrator: false },
    newMutation(audit, { username, sourceAddress: undefined }, server.clock),
  );
}
