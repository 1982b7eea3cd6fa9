import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { Actor } from '#domain/audit/audit';
import type { SecretBox } from '#domain/configuration/secret-box';
import { isInGrace, judgeGrant, type OidcAccount } from '#domain/oidc/oidc-account';
import type { OidcAccountStore } from '#domain/oidc/oidc-account-store';
import type { OidcClient, RefreshOutcome } from '#domain/oidc/oidc-client';
import { identityFromClaims } from '#domain/oidc/oidc-identity';
import type { OidcSettings } from '#domain/oidc/oidc-settings';
import type { User } from '#domain/users/user';
import type { UserService } from '#domain/users/user-service';

export interface GrantKeeperDeps {
  readonly store: OidcAccountStore;
  readonly users: UserService;
  readonly client: OidcClient;
  readonly refreshTokens: SecretBox;
  readonly clock: Clock;
}

/**
 * Asks the provider again about accounts that log in without it, every five minutes of use. It loses an account only by
 * saying so: while it cannot be asked its last word holds for an hour, and then logins fail with SERVICE_UNAVAILABLE.
 */
export class GrantKeeper {
  readonly #deps: GrantKeeperDeps;

  constructor(deps: GrantKeeperDeps) {
    this.#deps = deps;
  }

  /** The account as the provider tells it; undefined when the provider does not vouch for it any more. */
  async confirm(settings: OidcSettings, user: User, account: OidcAccount, actor: Actor): Promise<User | undefined> {
    switch (judgeGrant(account, this.#deps.clock.nowMs())) {
      case 'good':
        return user;
      case 'refused':
        return undefined;
      case 'unavailable':
        throw unavailable(undefined);
      case 'ask':
        return this.#ask(settings, user, account, actor);
    }
  }

  /** One at a time: a refresh token that is used twice is taken for a stolen one (RFC 9700 §4.14.2). */
  async #ask(settings: OidcSettings, user: User, account: OidcAccount, actor: Actor): Promise<User | undefined> {
    const { store, refreshTokens, client, clock } = this.#deps;
    if (!(await store.claimRefresh(account, clock.nowMs()))) return this.#goOn(user, account, undefined);
    const refreshToken = await refreshTokens.open(account.sealedRefreshToken ?? '');
    // The deployment's secret has changed since: the next login at the provider brings another token.
    if (refreshToken === undefined) return undefined;
    const outcome = await client.refresh(settings, refreshToken, account.subjectIssuer);
    switch (outcome.kind) {
      case 'good':
        return this.#keep(settings, user, account, outcome, actor);
      case 'void':
        return this.#drop(user, account);
      case 'unknown':
        return this.#goOn(user, account, outcome.cause);
    }
  }

  async #keep(
    settings: OidcSettings,
    user: User,
    account: OidcAccount,
    { refreshToken, claims }: RefreshOutcome & { readonly kind: 'good' },
    actor: Actor,
  ): Promise<User | undefined> {
    const { store, users, refreshTokens, clock } = this.#deps;
    const next = { sealedRefreshToken: await refreshTokens.seal(refreshToken), refreshedAtMs: clock.nowMs() };
    await store.replaceGrant(account, next, clock.nowMs());
    const identity = claims && identityFromClaims(claims, settings);
    return identity ? users.storeDirectoryFacts(user, identity, actor) : user;
  }

  /** Unless somebody has logged in at the provider meanwhile, which is its latest word. */
  async #drop(user: User, account: OidcAccount): Promise<User | undefined> {
    const { store, clock } = this.#deps;
    const isLatest = await store.replaceGrant(
      account,
      { sealedRefreshToken: undefined, refreshedAtMs: 0 },
      clock.nowMs(),
    );
    return isLatest ? undefined : user;
  }

  #goOn(user: User, account: OidcAccount, cause: unknown): User {
    if (isInGrace(account, this.#deps.clock.nowMs())) return user;
    throw unavailable(cause);
  }
}

function unavailable(cause: unknown): AppError {
  return new AppError('SERVICE_UNAVAILABLE', {
    message: 'the OIDC provider cannot be asked about this account, try again',
    retryAfterSeconds: 60,
    cause,
  });
}
