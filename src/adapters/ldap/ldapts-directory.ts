import { FilterParser } from 'ldapts';
import { LdapSession } from '#adapters/ldap/ldap-session';
import { AppError } from '#core/errors';
import { isUnderDn, normalizeDn } from '#domain/ldap/distinguished-name';
import { type LdapDirectory, MAX_LDAP_ENTRIES } from '#domain/ldap/ldap-directory';
import { candidateGroupDns, groupBaseDn, type LdapGroup, toLdapGroup } from '#domain/ldap/ldap-group';
import type { LdapSettings } from '#domain/ldap/ldap-settings';
import { type LdapAccount, type LdapUser, toLdapUser, USER_ATTRIBUTES } from '#domain/ldap/ldap-user';
import { groupFilter, groupNameAttribute, userFilter } from '#domain/ldap/search-filter';

/** How many groups of one user are looked up at a time when the settings say in parallel; Harbor's. */
const PARALLEL_LOOKUPS = 5;

/** LDAP over the platform's sockets (ldapts). */
export class LdaptsDirectory implements LdapDirectory {
  async ping(settings: LdapSettings): Promise<void> {
    await LdapSession.run(settings, (session) => session.bindSearchAccount());
  }

  async searchUsers(settings: LdapSettings, username: string | undefined): Promise<readonly LdapUser[]> {
    return LdapSession.run(settings, async (session) => {
      await session.bindSearchAccount();
      return searchUsers(session, settings, { username, limit: MAX_LDAP_ENTRIES, attributes: [] });
    });
  }

  async findUsers(settings: LdapSettings, usernames: readonly string[]): Promise<readonly (readonly LdapUser[])[]> {
    return LdapSession.run(settings, async (session) => {
      await session.bindSearchAccount();
      const found: (readonly LdapUser[])[] = [];
      for (const username of usernames) found.push(await searchUsers(session, settings, { username, ...FOR_ONE }));
      return found;
    });
  }

  async searchGroups(settings: LdapSettings, name: string): Promise<readonly LdapGroup[]> {
    return LdapSession.run(settings, async (session) => {
      await session.bindSearchAccount();
      const entries = await session.search({
        baseDn: groupBaseDn(settings),
        scope: settings.groups.scope,
        filter: checkedFilter('ldap_group_search_filter', groupFilter(settings, name)),
        attributes: [groupNameAttribute(settings)],
        limit: MAX_LDAP_ENTRIES,
      });
      return entries.map((entry) => toLdapGroup(entry, settings));
    });
  }

  async findGroup(settings: LdapSettings, dn: string): Promise<LdapGroup | undefined> {
    if (normalizeDn(dn) === undefined) throw new AppError('BAD_REQUEST', { message: 'invalid DN syntax' });
    if (!isUnderDn(groupBaseDn(settings), dn)) return undefined;
    return LdapSession.run(settings, async (session) => {
      await session.bindSearchAccount();
      return findGroup(session, settings, dn);
    });
  }

  async authenticate(settings: LdapSettings, username: string, password: string): Promise<LdapAccount | undefined> {
    return LdapSession.run(settings, async (session) => {
      await session.bindSearchAccount();
      const attributes = [settings.groups.membershipAttribute.trim()];
      const [user, ...others] = await searchUsers(session, settings, { username, ...FOR_ONE, attributes });
      if (!user || others.length > 0) return undefined;
      if (!(await session.isPassword(user.dn, password))) return undefined;
      const candidates = candidateGroupDns(user.groupDns, settings);
      return { user, groups: candidates.length === 0 ? [] : await findGroups(session, settings, candidates) };
    });
  }
}

/** Two are enough to see that a name does not say who is meant. */
const FOR_ONE = { limit: 2, attributes: [] } as const;

interface UserSearch {
  readonly username: string | undefined;
  readonly limit: number;
  readonly attributes: readonly string[];
}

async function searchUsers(
  session: LdapSession,
  settings: LdapSettings,
  { username, limit, attributes }: UserSearch,
): Promise<readonly LdapUser[]> {
  const wanted = [settings.uidAttribute.trim(), ...USER_ATTRIBUTES, ...attributes];
  const entries = await session.search({
    baseDn: settings.baseDn,
    scope: settings.scope,
    filter: checkedFilter('ldap_filter', userFilter(settings, username)),
    attributes: [...new Set(wanted.map((name) => name.toLowerCase()).filter(Boolean))],
    limit,
  });
  return entries.flatMap((entry) => toLdapUser(entry, settings) ?? []);
}

/** Those of the names that are groups, asked for by the search account, as users may not see them. */
async function findGroups(
  session: LdapSession,
  settings: LdapSettings,
  dns: readonly string[],
): Promise<readonly LdapGroup[]> {
  await session.bindSearchAccount();
  const step = settings.groups.isLookupParallel ? PARALLEL_LOOKUPS : 1;
  const groups: LdapGroup[] = [];
  for (let at = 0; at < dns.length; at += step) {
    const found = await Promise.all(dns.slice(at, at + step).map((dn) => findGroup(session, settings, dn)));
    groups.push(...found.filter((group) => group !== undefined));
  }
  return groups;
}

async function findGroup(session: LdapSession, settings: LdapSettings, dn: string): Promise<LdapGroup | undefined> {
  const [entry] = await session.search({
    baseDn: dn,
    scope: 0,
    filter: checkedFilter('ldap_group_search_filter', groupFilter(settings, undefined)),
    attributes: [groupNameAttribute(settings)],
    limit: 1,
    isBaseOptional: true,
  });
  return entry && toLdapGroup(entry, settings);
}

/** The same filter, if it is one; BAD_REQUEST naming the setting it comes from otherwise. */
function checkedFilter(setting: string, filter: string): string {
  try {
    FilterParser.parseString(filter);
    return filter;
  } catch (cause) {
    throw new AppError('BAD_REQUEST', { message: `${setting} is not a filter (RFC 4515)`, cause });
  }
}
