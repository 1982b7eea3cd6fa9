import { randomInt } from 'node:crypto';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { Actor } from '#domain/audit/audit';
import type { SecretBox } from '#domain/configuration/secret-box';
import { newMutation } from '#domain/events/mutation';
import type { OidcAccount } from '#domain/oidc/oidc-account';
import type { OidcAccountStore } from '#domain/oidc/oidc-account-store';
import type { OidcClient, OidcGrant } from '#domain/oidc/oidc-client';
import type { OidcIdentity } from '#domain/oidc/oidc-identity';
import type { OidcProvider } from '#domain/oidc/oidc-settings';
import type { User } from '#domain/users/user';
import { requireStrongSecret, requireUsername } from '#domain/users/user-rules';
import type { UserService } from '#domain/users/user-service';

/** Harbor's length; 32 of 62 characters are 190 bits. */
const SECRET_LENGTH = 32;
const SECRET_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export interface OidcAccountsDeps {
  readonly store: OidcAccountStore;
  readonly users: UserService;
  readonly client: OidcClient;
  /** For CLI secrets. */
  readonly secrets: SecretBox;
  /** For refresh tokens. */
  readonly refreshTokens: SecretBox;
  readonly clock: Clock;
}

/** Harbor's `oidc_user_meta`. */
export interface OidcUserMeta extends Pick<OidcAccount, 'userId' | 'subjectIssuer' | 'createdAtMs' | 'updatedAtMs'> {
  /** The CLI secret; empty when the deployment's secret does not open it any more. */
  readonly secret: string;
}

/** The accounts of people who log in at an OpenID Connect provider. */
export class OidcAccounts {
  readonly #deps: OidcAccountsDeps;

  constructor(deps: OidcAccountsDeps) {
    this.#deps = deps;
  }

  /** The account of an identity, with what the provider tells of it now; undefined when it has none yet. */
  async login(
    identity: OidcIdentity,
    { refreshToken }: Pick<OidcGrant, 'refreshToken'>,
    sourceAddress: string | undefined,
  ): Promise<User | undefined> {
    const { store, users, clock } = this.#deps;
    const account = await store.findBySubject(identity.subjectIssuer);
    const user = account && (await users.findById(account.userId));
    if (!account || !user) return undefined;
    const next = { sealedRefreshToken: await this.#sealRefreshToken(refreshToken), refreshedAtMs: clock.nowMs() };
    // The token of another login that was faster is as good.
    await store.replaceGrant(account, next, clock.nowMs());
    return users.storeDirectoryFacts(user, identity, { username: user.username, sourceAddress });
  }

  /** A new account named `identity.username`. BAD_REQUEST for a name that cannot be; CONFLICT when it is taken. */
  async onboard(
    identity: OidcIdentity,
    { refreshToken }: Pick<OidcGrant, 'refreshToken'>,
    sourceAddress: string | undefined,
  ): Promise<User> {
    requireUsername(identity.username);
    const { store, users, secrets, clock } = this.#deps;
    const audit = {
      projectId: undefined,
      operation: 'create',
      resourceType: 'user',
      resource: identity.username,
      description: `create user with name: ${identity.username}, onboarded by the OIDC provider`,
    };
    const account = {
      sealedSecret: await secrets.seal(newSecret()),
      sealedRefreshToken: await this.#sealRefreshToken(refreshToken),
      refreshedAtMs: clock.nowMs(),
    };
    const actor = { username: identity.username, sourceAddress };
    const userId = await store.onboard(identity, account, newMutation(audit, actor, clock));
    return users.storeDirectoryFacts(await users.get(userId), identity, actor);
  }

  /** Whether the name is nobody's here, or of an account with an identity at the provider. */
  async isProvidersUser(username: string): Promise<boolean> {
    const user = await this.#deps.users.find(username);
    return user === undefined || (await this.#deps.store.findByUser(user.id)) !== undefined;
  }

  /** Undefined for an account that does not log in at a provider. */
  async metaOf(userId: number): Promise<OidcUserMeta | undefined> {
    const account = await this.#deps.store.findByUser(userId);
    if (!account) return undefined;
    const { subjectIssuer, createdAtMs, updatedAtMs, sealedSecret } = account;
    const secret = (await this.#deps.secrets.open(sealedSecret)) ?? '';
    return { userId, subjectIssuer, createdAtMs, updatedAtMs, secret };
  }

  /** Stores the CLI secret somebody chose; BAD_REQUEST when it is weak, PRECONDITION when the account has none. */
  async changeSecret(user: User, secret: string, actor: Actor): Promise<void> {
    requireStrongSecret(secret);
    const { store, secrets, clock } = this.#deps;
    if (!(await store.findByUser(user.id))) {
      throw new AppError('PRECONDITION', { message: `user ${user.username} does not log in at an OIDC provider` });
    }
    const audit = {
      projectId: undefined,
      operation: 'update',
      resourceType: 'user',
      resource: user.username,
      description: `update user with name: ${user.username}, CLI secret`,
    };
    await store.storeSecret(user.id, await secrets.seal(secret), newMutation(audit, actor, clock));
  }

  /** Makes the account's refresh token void, here and at the provider: the CLI secret waits for the next login. */
  async revoke(provider: OidcProvider, userId: number): Promise<void> {
    const { store, refreshTokens, client, clock } = this.#deps;
    const account = await store.findByUser(userId);
    if (account?.sealedRefreshToken === undefined) return;
    await store.replaceGrant(account, { sealedRefreshToken: undefined, refreshedAtMs: 0 }, clock.nowMs());
    const refreshToken = await refreshTokens.open(account.sealedRefreshToken);
    if (refreshToken !== undefined) await client.revoke(provider, refreshToken, account.subjectIssuer);
  }

  async #sealRefreshToken(refreshToken: string | undefined): Promise<string | undefined> {
    return refreshToken === undefined ? undefined : this.#deps.refreshTokens.seal(refreshToken);
  }
}

function newSecret(): string {
  const characters = Array.from({ length: SECRET_LENGTH }, () => SECRET_ALPHABET[randomInt(SECRET_ALPHABET.length)]);
  return characters.join('');
}
