import type { Mutation } from '#domain/events/mutation';

/** Who is logged in with a browser. */
export interface Session {
  readonly userId: number;
  /** The account's security version at login. */
  readonly userVersion: number;
  /** The OIDC provider's id token, sealed; undefined for other logins. */
  readonly sealedIdToken: string | undefined;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** Rows of sessions, by the hash of their cookie. */
export interface SessionStore {
  insert(idHash: string, session: Session, mutation: Mutation): Promise<void>;
  find(idHash: string): Promise<Session | undefined>;
  extend(idHash: string, expiresAtMs: number): Promise<void>;
  /** Does nothing, and leaves no trace, when the session is gone already. */
  delete(idHash: string, mutation: Mutation): Promise<void>;
  /** Forgets up to 1,000 that ended before. */
  deleteExpired(beforeMs: number): Promise<void>;
}
