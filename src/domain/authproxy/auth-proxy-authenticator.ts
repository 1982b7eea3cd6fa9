import { AppError } from '#core/errors';
import { type DirectoryEndpoint, parseDirectoryEndpoint } from '#domain/access/directory-endpoint';
import type { ExternalIdentity } from '#domain/access/external-identity';
import type { PasswordAuthenticator } from '#domain/access/password-authenticator';
import type { AuthProxyClient } from '#domain/authproxy/auth-proxy-client';
import { identityOf } from '#domain/authproxy/auth-proxy-identity';
import type { AuthProxySettings } from '#domain/authproxy/auth-proxy-settings';
import type { UserDirectory } from '#domain/members/user-directory';

export interface AuthProxyAuthenticatorDeps {
  readonly client: AuthProxyClient;
  readonly settings: () => Promise<AuthProxySettings>;
}

/** Passwords and tokens that an authenticating proxy checks (harbor:src/core/auth/authproxy/auth.go). */
export class AuthProxyAuthenticator implements PasswordAuthenticator, UserDirectory {
  readonly #deps: AuthProxyAuthenticatorDeps;

  constructor(deps: AuthProxyAuthenticatorDeps) {
    this.#deps = deps;
  }

  async authenticate(username: string, password: string): Promise<ExternalIdentity | undefined> {
    const settings = await this.#settings();
    // Basic credentials can carry neither (RFC 7617 §2), so the proxy knows nobody of that name.
    if (hasColonOrControl(username)) return undefined;
    const session = await this.#deps.client.openSession(endpointOf('endpoint', settings), username, password);
    return session === undefined ? undefined : this.#review(settings, session);
  }

  /** The bearer of a token that the proxy has given out; undefined when it is not `username`. */
  async authenticateToken(username: string, token: string): Promise<ExternalIdentity | undefined> {
    const identity = await this.ownerOf(token);
    return identity?.username === username ? identity : undefined;
  }

  /** Whose token it is; undefined when it is nobody's. */
  async ownerOf(token: string): Promise<ExternalIdentity | undefined> {
    return this.#review(await this.#settings(), token);
  }

  /** A proxy cannot be asked for users: either every name is taken for one of its, or none. */
  async findUser(username: string): Promise<ExternalIdentity | undefined> {
    const settings = await this.#deps.settings();
    if (!settings.knowsEveryName || hasColonOrControl(username)) return undefined;
    // Until their first login the name is all there is, and that makes nobody an administrator.
    return identityOf({ username, groups: [] }, { adminGroups: '', adminUsernames: '' });
  }

  async #review(settings: AuthProxySettings, token: string): Promise<ExternalIdentity | undefined> {
    const user = await this.#deps.client.reviewToken(endpointOf('tokenReviewEndpoint', settings), token);
    return user && identityOf(user, settings);
  }

  async #settings(): Promise<AuthProxySettings> {
    const settings = await this.#deps.settings();
    if (settings.serverCertificate.trim() === '') return settings;
    throw new AppError('SERVICE_UNAVAILABLE', {
      message:
        'http_authproxy_server_certificate cannot be honoured here: the proxy needs a publicly trusted certificate',
    });
  }
}

const SETTING_NAMES = {
  endpoint: 'http_authproxy_endpoint',
  tokenReviewEndpoint: 'http_authproxy_tokenreview_endpoint',
} as const;

function endpointOf(which: keyof typeof SETTING_NAMES, settings: AuthProxySettings): DirectoryEndpoint {
  return parseDirectoryEndpoint(SETTING_NAMES[which], settings[which], settings);
}

function hasColonOrControl(username: string): boolean {
  return /[:\p{Cc}]/u.test(username);
}
