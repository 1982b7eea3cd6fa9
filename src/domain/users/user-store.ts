import type { User } from '#domain/users/user';

/** Rows of accounts. */
export interface UserStore {
  findByUsername(username: string): Promise<User | undefined>;

  /** Stores a new hash of the same password, unless the account's hash is no longer `previous`. */
  replacePasswordHash(userId: number, previous: string | undefined, next: string, nowMs: number): Promise<void>;
}
