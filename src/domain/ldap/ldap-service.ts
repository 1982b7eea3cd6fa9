import { AppError } from '#core/errors';
import type { ExternalIdentity } from '#domain/access/external-identity';
import type { Actor } from '#domain/audit/audit';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { ExternalGroup } from '#domain/groups/user-group';
import type { LdapDirectory } from '#domain/ldap/ldap-directory';
import { type LdapGroup, toExternalGroup } from '#domain/ldap/ldap-group';
import { type LdapSettings, toLdapSettings } from '#domain/ldap/ldap-settings';
import { type LdapUser, toExternalIdentity } from '#domain/ldap/ldap-user';
import { FIRST_ADMINISTRATOR_ID } from '#domain/users/user';
import type { UserService } from '#domain/users/user-service';

export interface LdapServiceDeps {
  readonly directory: LdapDirectory;
  readonly configuration: ConfigurationService;
  readonly users: UserService;
}

/** Settings to try, instead of those that are set. */
export type LdapTrial = Partial<Omit<LdapSettings, 'groups'>>;

/** Why somebody could not be brought here; `reason` in Harbor's words (harbor:src/pkg/ldap/manager.go). */
export interface ImportFailure {
  readonly uid: string;
  readonly reason: string;
}

/** What administrators do with the directory. */
export class LdapService {
  readonly #deps: LdapServiceDeps;

  constructor(deps: LdapServiceDeps) {
    this.#deps = deps;
  }

  /** Whether the directory lets the search account in with these settings; undefined when it does, else why not. */
  async ping(trial: LdapTrial): Promise<string | undefined> {
    try {
      await this.#deps.directory.ping(tried(trial, await this.#settings()));
      return undefined;
    } catch (error) {
      if (error instanceof AppError) return error.message;
      throw error;
    }
  }

  /** Users of that name, or all of them. */
  async searchUsers(username: string | undefined): Promise<readonly LdapUser[]> {
    return this.#deps.directory.searchUsers(await this.#settings(), username);
  }

  /** Groups of that name, or the one group of that distinguished name; the name counts when both are given. */
  async searchGroups(wanted: { readonly name?: string; readonly dn?: string }): Promise<readonly LdapGroup[]> {
    const { directory } = this.#deps;
    const settings = await this.#settings();
    if (wanted.name) return directory.searchGroups(settings, wanted.name);
    const group = wanted.dn ? await directory.findGroup(settings, wanted.dn) : undefined;
    return group ? [group] : [];
  }

  /** The one group of the directory that is meant, by its distinguished name or else its name. */
  async findGroup({ name, ldapDn }: ExternalGroup): Promise<ExternalGroup | undefined> {
    const [group, ...others] = await this.searchGroups(ldapDn ? { dn: ldapDn } : { name });
    return group && others.length === 0 ? toExternalGroup(group) : undefined;
  }

  /** The one user of the directory who has the name, without what only a login finds out. */
  async findUser(username: string): Promise<ExternalIdentity | undefined> {
    const settings = await this.#settings();
    const [[user, ...others] = []] = await this.#deps.directory.findUsers(settings, [username]);
    return user && others.length === 0 ? toExternalIdentity({ user, groups: [] }, settings) : undefined;
  }

  /** Makes accounts of users of the directory, as their first login would; those that could not be made come back. */
  async importUsers(uids: readonly string[], actor: Actor): Promise<readonly ImportFailure[]> {
    const { auth_mode: mode } = await this.#deps.configuration.current();
    if (mode !== 'ldap_auth') {
      throw new AppError('BAD_REQUEST', { message: 'users can be imported while auth_mode is ldap_auth only' });
    }
    const settings = await this.#settings();
    const wanted = [...new Set(uids)];
    const named = wanted.filter((uid) => uid !== '');
    const found = named.length === 0 ? [] : await this.#deps.directory.findUsers(settings, named);
    const failures = wanted.includes('') ? [{ uid: '', reason: 'empty_uid' }] : [];
    for (const [index, uid] of named.entries()) {
      const reason = await this.#import(uid, found[index] ?? [], settings, actor);
      if (reason) failures.push({ uid, reason });
    }
    return failures;
  }

  /** Undefined when the account is there afterwards, else why it is not. */
  async #import(
    uid: string,
    [user, ...others]: readonly LdapUser[],
    settings: LdapSettings,
    actor: Actor,
  ): Promise<string | undefined> {
    if (!user) return 'unknown_user';
    if (others.length > 0) return 'ambiguous_user';
    return (await this.#isHere(user, settings, actor)) ? undefined : `failed to import user: ${uid}`;
  }

  async #isHere(user: LdapUser, settings: LdapSettings, actor: Actor): Promise<boolean> {
    const { users } = this.#deps;
    const known = await users.find(user.username);
    // What a login has found out about an account stays as it is.
    if (known) return known.passwordHash === undefined && known.id !== FIRST_ADMINISTRATOR_ID;
    try {
      const identity = toExternalIdentity({ user, groups: [] }, settings);
      return (await users.onboard(identity, 'ldap_auth', actor)) !== undefined;
    } catch (error) {
      if (error instanceof AppError && error.status < 500) return false;
      throw error;
    }
  }

  async #settings(): Promise<LdapSettings> {
    return toLdapSettings(await this.#deps.configuration.current());
  }
}

/**
 * The settings with what is given in their place. The password that is set goes to nobody but the directory that is set:
 * who may only look at the settings must not be able to have it sent elsewhere.
 */
function tried(trial: LdapTrial, settings: LdapSettings): LdapSettings {
  const given = Object.fromEntries(Object.entries(trial).filter(([, value]) => value !== undefined && value !== ''));
  const merged: LdapSettings = { ...settings, ...given };
  if (trial.searchPassword) return merged;
  if (merged.url === settings.url && merged.searchDn === settings.searchDn) return merged;
  throw new AppError('BAD_REQUEST', {
    message:
      'ldap_search_password is empty; the one that is set serves only the ldap_url and ldap_search_dn that are set',
  });
}
