import type { ExternalIdentity } from '#domain/access/external-identity';

/**
 * An outside directory that checks passwords: LDAP, UAA, an auth proxy. Undefined when it refuses the credentials;
 * rejects with SERVICE_UNAVAILABLE when it cannot be asked, so that an outage is not mistaken for a wrong password.
 */
export interface PasswordAuthenticator {
  authenticate(username: string, password: string): Promise<ExternalIdentity | undefined>;
}
