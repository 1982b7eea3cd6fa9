import { AppError } from '#core/errors';
import type { ExternalIdentity } from '#domain/access/external-identity';
import type { PasswordAuthenticator } from '#domain/access/password-authenticator';
import type { LdapDirectory } from '#domain/ldap/ldap-directory';
import type { LdapSettings } from '#domain/ldap/ldap-settings';
import { toExternalIdentity } from '#domain/ldap/ldap-user';

export interface LdapAuthenticatorDeps {
  readonly directory: LdapDirectory;
  readonly settings: () => Promise<LdapSettings>;
}

/** Logins that a directory decides (`auth_mode` ldap_auth; harbor:src/core/auth/ldap/ldap.go). */
export class LdapAuthenticator implements PasswordAuthenticator {
  readonly #deps: LdapAuthenticatorDeps;

  constructor(deps: LdapAuthenticatorDeps) {
    this.#deps = deps;
  }

  async authenticate(username: string, password: string): Promise<ExternalIdentity | undefined> {
    // A bind with a name and no password succeeds without proving anything (RFC 4513 §5.1.2).
    if (username.trim() === '' || password === '') return undefined;
    const settings = await this.#deps.settings();
    try {
      const account = await this.#deps.directory.authenticate(settings, username, password);
      return account && toExternalIdentity(account, settings);
    } catch (error) {
      throw withoutSettings(error);
    }
  }
}

/** Somebody who logs in is not told what is wrong with the settings; the log is. */
function withoutSettings(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  return new AppError('SERVICE_UNAVAILABLE', {
    message: 'the LDAP directory cannot be asked',
    cause: error.cause ?? error,
  });
}
