import type { Mutation } from '#domain/events/mutation';
import type { OidcAccount } from '#domain/oidc/oidc-account';
import type { OidcIdentity } from '#domain/oidc/oidc-identity';

/** What is kept of a login at the provider. */
export type OidcGrantRow = Pick<OidcAccount, 'sealedRefreshToken' | 'refreshedAtMs'>;

/** Rows of accounts' identities at the provider. */
export interface OidcAccountStore {
  findByUser(userId: number): Promise<OidcAccount | undefined>;
  findBySubject(subjectIssuer: string): Promise<OidcAccount | undefined>;

  /**
   * Makes an account with its identity; answers the account's id. An address that is another's is left out. CONFLICT
   * when the name, or one that looks like it, is taken, or the identity has an account; PRECONDITION when the mode is another meanwhile.
   */
  onboard(
    identity: OidcIdentity,
    account: Pick<OidcAccount, 'sealedSecret'> & OidcGrantRow,
    mutation: Mutation,
  ): Promise<number>;

  /** Whether it is the caller's turn to ask the provider: of those who saw the same row, one's. */
  claimRefresh(account: OidcAccount, nowMs: number): Promise<boolean>;

  /** Stores what the provider said; false when another login has stored something since `previous` was read. */
  replaceGrant(previous: OidcAccount, next: OidcGrantRow, nowMs: number): Promise<boolean>;

  /** Stores another CLI secret; NOT_FOUND when the account has no identity any more. */
  storeSecret(userId: number, sealedSecret: string, mutation: Mutation): Promise<void>;
}
