import type { OffsetPage } from '#core/pagination';
import type { AuthMode } from '#domain/configuration/catalog';
import type { Mutation } from '#domain/events/mutation';
import type { ExternalGroup } from '#domain/groups/user-group';
import type { User } from '#domain/users/user';

/** An account about to be. */
export interface NewUser {
  /** How people log in where the account belongs. */
  readonly mode: AuthMode;
  readonly username: string;
  readonly passwordHash: string | undefined;
  readonly email: string | undefined;
  readonly realname: string;
  readonly comment: string;
}

/** Which accounts a listing is about. */
export interface UserFilter {
  readonly username?: string | undefined;
  readonly usernameContains?: string | undefined;
  readonly email?: string | undefined;
  readonly emailContains?: string | undefined;
}

export const USER_ORDERS = ['user_id', 'username', 'creation_time', 'update_time'] as const;

export interface UserPage extends OffsetPage {
  readonly orderBy: (typeof USER_ORDERS)[number];
  readonly isDescending: boolean;
}

/** What a directory says of an account, compared with what is stored. */
export interface DirectoryFacts {
  readonly email: string | undefined;
  readonly realname: string | undefined;
  readonly groups: readonly ExternalGroup[];
  readonly isAdministrator: boolean;
}

/** Rows of accounts. A deleted account is none. */
export interface UserStore {
  findByUsername(username: string): Promise<User | undefined>;
  findById(id: number): Promise<User | undefined>;
  /** A name is taken also when an account has one that looks like it. */
  isTaken(what: 'username' | 'email', value: string): Promise<boolean>;
  list(filter: UserFilter, page: UserPage): Promise<{ readonly items: readonly User[]; readonly total: number }>;

  /**
   * CONFLICT when the name, a name that looks like it, or the address is taken; FORBIDDEN when people log in by another
   * mode than the account's.
   */
  insert(user: NewUser, mutation: Mutation): Promise<User>;

  updateProfile(user: User, profile: Pick<User, 'email' | 'realname' | 'comment'>, mutation: Mutation): Promise<void>;

  /** Stores a new hash of the same password, unless the account's hash is no longer `previous`. */
  replacePasswordHash(userId: number, previous: string | undefined, next: string, nowMs: number): Promise<void>;

  /** Stores another password; tokens and sessions end. CONFLICT when the account's rights or password have changed. */
  changePassword(user: User, passwordHash: string, mutation: Mutation): Promise<void>;

  /** PRECONDITION when nobody else would be an administrator. */
  setAdministrator(user: User, isSystemAdmin: boolean, mutation: Mutation): Promise<void>;

  /** Frees the name, ends memberships, sessions and tokens. PRECONDITION for the last administrator. */
  delete(user: User, mutation: Mutation): Promise<void>;

  /** Whether the directory's facts differ from what is stored. */
  differs(user: User, facts: DirectoryFacts): Promise<boolean>;

  /** Stores what the directory says; tokens end, as rights may have changed. */
  storeFacts(user: User, facts: DirectoryFacts, mutation: Mutation): Promise<void>;
}
