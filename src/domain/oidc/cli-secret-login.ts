import { createHash, timingSafeEqual } from 'node:crypto';
import type { LoginAttempt, LoginMethod, LoginOutcome } from '#domain/access/login-method';
import { toPrincipal } from '#domain/access/password-login';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { SecretBox } from '#domain/configuration/secret-box';
import type { GrantKeeper } from '#domain/oidc/grant-keeper';
import type { OidcAccountStore } from '#domain/oidc/oidc-account-store';
import { isOfProvider, oidcSettings } from '#domain/oidc/oidc-settings';
import type { UserService } from '#domain/users/user-service';

export interface CliSecretLoginDeps {
  readonly configuration: ConfigurationService;
  readonly users: UserService;
  readonly store: OidcAccountStore;
  readonly secrets: SecretBox;
  readonly grants: GrantKeeper;
}

/** Accounts of an OpenID Connect provider by name and CLI secret, for clients that know no browser. */
export class CliSecretLogin implements LoginMethod {
  readonly #deps: CliSecretLoginDeps;

  constructor(deps: CliSecretLoginDeps) {
    this.#deps = deps;
  }

  async attempt({ username, password, actor }: LoginAttempt): Promise<LoginOutcome> {
    const { configuration, users, store, secrets, grants } = this.#deps;
    const settings = oidcSettings(await configuration.current());
    if (!settings) return 'not-mine';
    const user = await users.find(username);
    const account = user && (await store.findByUser(user.id));
    if (!user || !account) return 'not-mine';
    if (!isOfProvider(account.subjectIssuer, settings)) return 'not-mine';
    const secret = await secrets.open(account.sealedSecret);
    // A wrong secret is left to the check of passwords: it refuses it in the time it takes for a name nobody has.
    if (secret === undefined || !isSameText(secret, password)) return 'not-mine';
    const confirmed = await grants.confirm(settings, user, account, actor);
    return confirmed ? toPrincipal(confirmed, 'password') : 'refused';
  }
}

/** Compares in a time that tells nothing about either text. */
function isSameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
