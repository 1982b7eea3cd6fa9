import { withRetries } from '#adapters/d1/batch';
import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard, guardMode } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { AppError } from '#core/errors';
import type { Mutation } from '#domain/events/mutation';
import type { OidcAccount } from '#domain/oidc/oidc-account';
import type { OidcAccountStore, OidcGrantRow } from '#domain/oidc/oidc-account-store';
import type { OidcIdentity } from '#domain/oidc/oidc-identity';
import { usernameKey } from '#domain/users/user-rules';

const COMMENT = 'Onboarded via OIDC provider';

const SELECT_ACCOUNT = `select user_id, subject_issuer, sealed_secret, sealed_refresh_token, refreshed_at_ms, created_at_ms,
  updated_at_ms from oidc_identities`;

interface OidcAccountRow {
  readonly user_id: number;
  readonly subject_issuer: string;
  readonly sealed_secret: string;
  readonly sealed_refresh_token: string | null;
  readonly refreshed_at_ms: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const REFUSALS: Refusals = {
  USERNAME_TAKEN: ['CONFLICT', 'a user with this username, or one that looks like it, exists'],
  IDENTITY_TAKEN: ['CONFLICT', 'this identity has an account already: log in again'],
  MODE_CHANGED: ['PRECONDITION', 'the auth mode has changed, and is not OIDC based any more'],
  USER_GONE: ['NOT_FOUND', 'user not found'],
};

export interface D1OidcAccountStoreDeps {
  readonly db: D1Database;
  /** Whether the deployment fixes `auth_mode`, so that its row says nothing. */
  readonly isModeFixed: boolean;
}

export class D1OidcAccountStore implements OidcAccountStore {
  readonly #db: D1Database;
  readonly #isModeFixed: boolean;

  constructor({ db, isModeFixed }: D1OidcAccountStoreDeps) {
    this.#db = db;
    this.#isModeFixed = isModeFixed;
  }

  findByUser(userId: number): Promise<OidcAccount | undefined> {
    return this.#first('user_id = ?', userId);
  }

  findBySubject(subjectIssuer: string): Promise<OidcAccount | undefined> {
    return this.#first('subject_issuer = ?', subjectIssuer);
  }

  async onboard(
    identity: OidcIdentity,
    account: Pick<OidcAccount, 'sealedSecret'> & OidcGrantRow,
    mutation: Mutation,
  ): Promise<number> {
    await this.#run(mutation, [
      ...(this.#isModeFixed ? [] : [guardMode(this.#db, 'oidc_auth')]),
      ...this.#onboardingGuards(identity),
      this.#insertUser(identity, mutation.nowMs),
      this.#insertAccount(identity, account, mutation.nowMs),
    ]);
    const inserted = await this.findBySubject(identity.subjectIssuer);
    if (!inserted) throw new AppError('CONFLICT', { message: 'the account was deleted as it was created' });
    return inserted.userId;
  }

  async claimRefresh({ userId, updatedAtMs }: OidcAccount, nowMs: number): Promise<boolean> {
    const update = this.#db
      .prepare('update oidc_identities set updated_at_ms = ?3 where user_id = ?1 and updated_at_ms = ?2')
      .bind(userId, updatedAtMs, nowMs);
    return (await withRetries(() => update.run())).meta.changes === 1;
  }

  async replaceGrant(previous: OidcAccount, next: OidcGrantRow, nowMs: number): Promise<boolean> {
    const update = this.#db
      .prepare(
        `update oidc_identities set sealed_refresh_token = ?3, refreshed_at_ms = ?4, updated_at_ms = ?5
           where user_id = ?1 and sealed_refresh_token is ?2`,
      )
      .bind(
        previous.userId,
        previous.sealedRefreshToken ?? null,
        next.sealedRefreshToken ?? null,
        next.refreshedAtMs,
        nowMs,
      );
    return (await withRetries(() => update.run())).meta.changes === 1;
  }

  async storeSecret(userId: number, sealedSecret: string, mutation: Mutation): Promise<void> {
    const isThere = 'exists (select 1 from oidc_identities where user_id = ?)';
    const update = this.#db
      .prepare('update oidc_identities set sealed_secret = ?2, updated_at_ms = ?3 where user_id = ?1')
      .bind(userId, sealedSecret, mutation.nowMs);
    // Whoever was let in by the secret before is not any more.
    const endLogins = this.#db
      .prepare('update users set security_version = security_version + 1, updated_at_ms = ?2 where id = ?1')
      .bind(userId, mutation.nowMs);
    await this.#run(mutation, [guard(this.#db, 'USER_GONE', isThere, userId), update, endLogins]);
  }

  #onboardingGuards({ username, subjectIssuer }: OidcIdentity): D1PreparedStatement[] {
    const isNameFree = 'not exists (select 1 from users where username = ?1 or username_key = ?2)';
    const isIdentityFree = 'not exists (select 1 from oidc_identities where subject_issuer = ?)';
    return [
      guard(this.#db, 'IDENTITY_TAKEN', isIdentityFree, subjectIssuer),
      guard(this.#db, 'USERNAME_TAKEN', isNameFree, username, usernameKey(username)),
    ];
  }

  #insertUser({ username, email, realname }: OidcIdentity, nowMs: number): D1PreparedStatement {
    return this.#db
      .prepare(
        `insert into users (username, username_key, email, realname, comment, created_at_ms, updated_at_ms)
           values (?1, ?2, iif(exists (select 1 from users where email = ?3), null, ?3), ?4, '${COMMENT}', ?5, ?5)`,
      )
      .bind(username, usernameKey(username), email ?? null, realname ?? username, nowMs);
  }

  #insertAccount(
    { username, subjectIssuer }: OidcIdentity,
    { sealedSecret, sealedRefreshToken, refreshedAtMs }: Pick<OidcAccount, 'sealedSecret'> & OidcGrantRow,
    nowMs: number,
  ): D1PreparedStatement {
    return this.#db
      .prepare(
        `insert into oidc_identities (user_id, subject_issuer, sealed_secret, sealed_refresh_token, refreshed_at_ms,
             created_at_ms, updated_at_ms)
           select id, ?2, ?3, ?4, ?5, ?6, ?6 from users where username = ?1`,
      )
      .bind(username, subjectIssuer, sealedSecret, sealedRefreshToken ?? null, refreshedAtMs, nowMs);
  }

  async #first(condition: string, value: string | number): Promise<OidcAccount | undefined> {
    const query = this.#db.prepare(`${SELECT_ACCOUNT} where ${condition} limit 1`).bind(value);
    const row = await withRetries(() => query.first<OidcAccountRow>());
    return row ? toAccount(row) : undefined;
  }

  #run(mutation: Mutation, statements: readonly D1PreparedStatement[]): Promise<void> {
    return runGuarded(this.#db, [...mutationStatements(this.#db, mutation), ...statements], REFUSALS);
  }
}

function toAccount(row: OidcAccountRow): OidcAccount {
  return {
    userId: row.user_id,
    subjectIssuer: row.subject_issuer,
    sealedSecret: row.sealed_secret,
    sealedRefreshToken: row.sealed_refresh_token ?? undefined,
    refreshedAtMs: row.refreshed_at_ms,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
