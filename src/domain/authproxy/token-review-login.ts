import type { LoginAttempt, LoginMethod, LoginOutcome } from '#domain/access/login-method';
import { toPrincipal } from '#domain/access/password-login';
import type { AuthProxyAuthenticator } from '#domain/authproxy/auth-proxy-authenticator';
import { tokenLoginName } from '#domain/authproxy/auth-proxy-identity';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { UserService } from '#domain/users/user-service';

export interface TokenReviewLoginDeps {
  readonly proxy: AuthProxyAuthenticator;
  readonly configuration: ConfigurationService;
  readonly users: UserService;
}

/** Users of an auth proxy who bring a token of its in a password's place (harbor:src/server/middleware/security/auth_proxy.go). */
export class TokenReviewLogin implements LoginMethod {
  readonly #deps: TokenReviewLoginDeps;

  constructor(deps: TokenReviewLoginDeps) {
    this.#deps = deps;
  }

  async attempt({ username, password, actor }: LoginAttempt): Promise<LoginOutcome> {
    const name = tokenLoginName(username);
    if (name === undefined) return 'not-mine';
    const { auth_mode: mode } = await this.#deps.configuration.current();
    if (mode !== 'http_auth') return 'not-mine';
    const identity = password === '' ? undefined : await this.#deps.proxy.authenticateToken(name, password);
    const user = identity && (await this.#deps.users.onboard(identity, mode, { ...actor, username: name }));
    return user ? toPrincipal(user, 'password') : 'refused';
  }
}
