import { AppError } from '#core/errors';
import { isLocalRedirect } from '#core/local-redirect';
import type { AddressLimit } from '#domain/access/address-limit';
import { loginClientOf } from '#domain/access/login-client';
import { requireSecrets } from '#domain/access/missing-secrets';
import type { AuthProxyAuthenticator } from '#domain/authproxy/auth-proxy-authenticator';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { User } from '#domain/users/user';
import type { UserService } from '#domain/users/user-service';

export interface ProxyBrowserLoginDeps {
  readonly proxy: AuthProxyAuthenticator;
  readonly configuration: ConfigurationService;
  readonly users: UserService;
  /** Undefined where the platform offers none. */
  readonly addresses: AddressLimit | undefined;
  /** Names of the secrets the deployment lacks; with any missing no login is served. */
  readonly missingSecrets: readonly string[];
}

/** A browser that comes from the proxy. */
export interface ProxyReturn {
  readonly token: string;
  /** Where on this site it wants to go. */
  readonly returnTo: string;
  readonly sourceAddress: string | undefined;
}

/** Logins by browser with a token that an auth proxy has given out. */
export class ProxyBrowserLogin {
  readonly #deps: ProxyBrowserLoginDeps;

  constructor(deps: ProxyBrowserLoginDeps) {
    this.#deps = deps;
  }

  /**
   * Whose token it is, by the proxy's word. PRECONDITION in another mode, BAD_REQUEST for a way that leads elsewhere,
   * UNAUTHORIZED for a token that is nobody's or whose name an account kept here has, TOO_MANY_REQUEST when an address
   * has more tokens reviewed than people can bring.
   */
  async login({ token, returnTo, sourceAddress }: ProxyReturn): Promise<User> {
    const { auth_mode: mode } = await this.#deps.configuration.current();
    if (mode !== 'http_auth') {
      throw new AppError('PRECONDITION', { message: `the auth mode ${mode} does not support this flow` });
    }
    requireSecrets(this.#deps.missingSecrets);
    if (!isLocalRedirect(returnTo))
      throw new AppError('BAD_REQUEST', { message: 'postURI must be a path of this site' });
    if (token === '') throw new AppError('UNAUTHORIZED');
    await this.#limit(sourceAddress);
    const identity = await this.#deps.proxy.ownerOf(token);
    const actor = { username: identity?.username ?? '', sourceAddress };
    const user = identity && (await this.#deps.users.onboard(identity, mode, actor));
    if (!user) throw new AppError('UNAUTHORIZED');
    return user;
  }

  async #limit(sourceAddress: string | undefined): Promise<void> {
    const client = sourceAddress === undefined ? 'unknown' : loginClientOf(sourceAddress);
    // Counted apart from passwords, which must stay good for their own guesses.
    if ((await this.#deps.addresses?.admits(`authproxy ${client}`)) ?? true) return;
    throw new AppError('TOO_MANY_REQUEST', { message: 'too many logins, try again later', retryAfterSeconds: 60 });
  }
}
