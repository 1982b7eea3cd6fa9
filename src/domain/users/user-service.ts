import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { ExternalIdentity } from '#domain/access/external-identity';
import type { PasswordHasher } from '#domain/access/password-hasher';
import type { Actor } from '#domain/audit/audit';
import type { AuthMode } from '#domain/configuration/catalog';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import { type Mutation, newMutation } from '#domain/events/mutation';
import { isOfProvider, oidcSettings } from '#domain/oidc/oidc-settings';
import { FIRST_ADMINISTRATOR_ID, type User } from '#domain/users/user';
import { requireProfile, requireStrongSecret, requireUsername, type UserProfile } from '#domain/users/user-rules';
import type { DirectoryFacts, UserFilter, UserPage, UserStore } from '#domain/users/user-store';

/** How old a remembered account may be: disabling it or changing its password acts within this time. */
const FACTS_TTL_MS = 10_000;
const MAX_REMEMBERED_USERS = 10_000;

export interface UserServiceDeps {
  readonly users: UserStore;
  readonly hasher: PasswordHasher;
  readonly configuration: Pick<ConfigurationService, 'current'>;
  readonly clock: Clock;
}

/** An account that somebody asks for, with its first password. */
export interface UserCreation extends UserProfile {
  readonly username: string;
  readonly password: string;
}

/** Accounts. */
export class UserService {
  readonly #deps: UserServiceDeps;
  readonly #byId: BoundedCache<User>;

  constructor(deps: UserServiceDeps) {
    this.#deps = deps;
    this.#byId = new BoundedCache({ maxWeight: MAX_REMEMBERED_USERS, ttlMs: FACTS_TTL_MS, clock: deps.clock });
  }

  /** The account as it stands. */
  async find(username: string): Promise<User | undefined> {
    const user = await this.#deps.users.findByUsername(username);
    if (user) this.#remember(user);
    return user;
  }

  /** The account as it stands. */
  async findById(id: number): Promise<User | undefined> {
    const user = await this.#deps.users.findById(id);
    if (user) this.#remember(user);
    return user;
  }

  /** The account as it stands; NOT_FOUND without one. */
  async get(id: number): Promise<User> {
    const user = await this.#deps.users.findById(id);
    if (!user) throw new AppError('NOT_FOUND', { message: `user ${id} not found` });
    return user;
  }

  /** The account as it stood at most 10 s ago. */
  async recallById(id: number): Promise<User | undefined> {
    return this.#byId.get(String(id)) ?? this.findById(id);
  }

  /** An account whose profile and password are kept here; FORBIDDEN for one that a directory keeps. */
  async getLocal(id: number): Promise<User> {
    const user = await this.get(id);
    if (user.id !== FIRST_ADMINISTRATOR_ID && user.passwordHash === undefined) {
      throw new AppError('FORBIDDEN', { message: 'the account is kept by the directory it logs in at' });
    }
    return user;
  }

  /**
   * The account's security version as it stood at most 10 s ago; undefined without an account, and for an account of
   * another OIDC provider than the one that is set: nobody vouches for it any more.
   */
  async versionOf(id: number): Promise<number | undefined> {
    const user = await this.recallById(id);
    if (user?.subjectIssuer === undefined) return user?.securityVersion;
    const settings = oidcSettings(await this.#deps.configuration.current());
    return settings && !isOfProvider(user.subjectIssuer, settings) ? undefined : user.securityVersion;
  }

  /** Whether another account could not have this name, or this address, any more. */
  isTaken(what: 'username' | 'email', value: string): Promise<boolean> {
    return this.#deps.users.isTaken(what, value);
  }

  list(filter: UserFilter, page: UserPage) {
    return this.#deps.users.list(filter, page);
  }

  async create({ username, password, ...profile }: UserCreation, actor: Actor): Promise<User> {
    requireUsername(username);
    requireProfile(profile);
    requireStrongSecret(password);
    const passwordHash = await this.#deps.hasher.hash(password);
    const user = { mode: 'db_auth', username, passwordHash, ...profile } as const;
    return this.#deps.users.insert(user, this.#mutation('create', username, actor));
  }

  async updateProfile(user: User, profile: UserProfile, actor: Actor): Promise<void> {
    requireProfile(profile);
    await this.#deps.users.updateProfile(user, profile, this.#mutation('update', user.username, actor));
    this.#forget(user);
  }

  /**
   * Changes a password; every token, session and remembered login of the account ends. CONFLICT when the account is not
   * as `user` says any more.
   */
  async changePassword(user: User, password: string, actor: Actor): Promise<void> {
    requireStrongSecret(password);
    if ((await this.#deps.hasher.verify(password, user.passwordHash)) !== 'wrong') {
      throw new AppError('BAD_REQUEST', { message: 'the new password can not be same with the old one' });
    }
    const hash = await this.#deps.hasher.hash(password);
    await this.#deps.users.changePassword(
      user,
      hash,
      this.#mutation('update', user.username, actor, 'change user password'),
    );
    this.#forget(user);
  }

  async setAdministrator(user: User, isSystemAdmin: boolean, actor: Actor): Promise<void> {
    const mutation = this.#mutation(
      'update',
      user.username,
      actor,
      `${isSystemAdmin ? 'add' : 'remove'} user as system administrator`,
    );
    await this.#deps.users.setAdministrator(user, isSystemAdmin, mutation);
    this.#forget(user);
  }

  /** The first administrator is never deleted. */
  async delete(user: User, actor: Actor): Promise<void> {
    if (user.id === FIRST_ADMINISTRATOR_ID) {
      throw new AppError('FORBIDDEN', { message: 'the first administrator cannot be deleted' });
    }
    await this.#deps.users.delete(user, this.#mutation('delete', user.username, actor));
    this.#forget(user);
  }

  /**
   * The account of somebody a directory knows: made at their first login, and kept as the directory tells it. An
   * account that logs in here with a password of its own is not taken over. FORBIDDEN when `mode`, by which the directory
   * was asked, is not the mode any more.
   */
  async onboard(identity: ExternalIdentity, mode: AuthMode, actor: Actor): Promise<User | undefined> {
    const known = await this.find(identity.username);
    if (known?.passwordHash !== undefined || known?.id === FIRST_ADMINISTRATOR_ID) return undefined;
    const user = known ?? (await this.#insertOnboarded(identity, mode, actor));
    return this.storeDirectoryFacts(user, identity, actor);
  }

  /** What a directory says of an account that is known to be its own; answers the account as it stands then. */
  async storeDirectoryFacts(user: User, facts: DirectoryFacts, actor: Actor): Promise<User> {
    if (!(await this.#deps.users.differs(user, facts))) return user;
    await this.#deps.users.storeFacts(
      user,
      facts,
      this.#mutation('update', user.username, actor, 'as the directory tells it'),
    );
    this.#forget(user);
    return this.get(user.id);
  }

  /** Stores a new hash of the password the account already has. */
  async storePasswordHash(user: User, hash: string): Promise<void> {
    await this.#deps.users.replacePasswordHash(user.id, user.passwordHash, hash, this.#deps.clock.nowMs());
    this.#forget(user);
  }

  async #insertOnboarded(
    { username, email, realname = username }: ExternalIdentity,
    mode: AuthMode,
    actor: Actor,
  ): Promise<User> {
    requireUsername(username);
    const user = { mode, username, passwordHash: undefined, realname, comment: 'from the directory' };
    const mutation = () => this.#mutation('create', username, actor);
    try {
      return await this.#deps.users.insert({ ...user, email }, mutation());
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'CONFLICT')) throw error;
      // Somebody else has the address, or another login of the same person was faster.
      return (await this.find(username)) ?? this.#deps.users.insert({ ...user, email: undefined }, mutation());
    }
  }

  #mutation(operation: 'create' | 'update' | 'delete', username: string, actor: Actor, what = ''): Mutation {
    const audit = {
      projectId: undefined,
      operation,
      resourceType: 'user',
      resource: username,
      description: `${operation} user with name: ${username}${what && `, ${what}`}`,
    };
    return newMutation(audit, actor, this.#deps.clock);
  }

  #remember(user: User): void {
    this.#byId.put(String(user.id), user);
  }

  #forget(user: User): void {
    this.#byId.delete(String(user.id));
  }
}
