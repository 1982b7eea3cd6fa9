import { requireSecrets } from '#domain/access/missing-secrets';
import { toPrincipal } from '#domain/access/password-login';
import type { UserPrincipal } from '#domain/access/principal';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { OidcAccountStore } from '#domain/oidc/oidc-account-store';
import type { OidcClient } from '#domain/oidc/oidc-client';
import { identityFromClaims } from '#domain/oidc/oidc-identity';
import { oidcSettings } from '#domain/oidc/oidc-settings';
import type { UserService } from '#domain/users/user-service';

export interface IdTokenLoginDeps {
  readonly configuration: ConfigurationService;
  readonly client: OidcClient;
  readonly store: OidcAccountStore;
  readonly users: UserService;
  /** Names of the secrets the deployment lacks; with any missing no login is served. */
  readonly missingSecrets: readonly string[];
}

/** Accounts of an OpenID Connect provider by an id token it made for this registry, as a bearer token. */
export class IdTokenLogin {
  readonly #deps: IdTokenLoginDeps;

  constructor(deps: IdTokenLoginDeps) {
    this.#deps = deps;
  }

  /**
   * Undefined when the token proves nothing, or its bearer has no account yet. Groups are those of the account's last
   * login or refresh, which an old token cannot bring back.
   */
  async verify(token: string): Promise<UserPrincipal | undefined> {
    const { configuration, client, store, users } = this.#deps;
    const settings = oidcSettings(await configuration.current());
    if (settings) requireSecrets(this.#deps.missingSecrets);
    const claims = settings && (await client.verifyIdToken(settings, token));
    const identity = claims && identityFromClaims(claims, settings);
    const account = identity && (await store.findBySubject(identity.subjectIssuer));
    const user = account && (await users.findById(account.userId));
    return user && toPrincipal(user, 'id-token');
  }
}
