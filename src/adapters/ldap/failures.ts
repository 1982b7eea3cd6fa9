import { ResultCodeError } from 'ldapts';
import { AppError } from '#core/errors';
import type { LdapAddress } from '#domain/ldap/ldap-settings';

/** RFC 4511 appendix A. */
const NO_SUCH_OBJECT = 32;
const INVALID_DN_SYNTAX = 34;

/** What the sockets say of themselves; of TLS they say nothing. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: ': nobody listens there',
  ENOTFOUND: ': the host is not known',
  ETIMEDOUT: ': no answer in time',
};

/** No connection: nobody listens there, or somebody whose certificate nobody vouches for. */
export function unreachable({ host, port, isSecure }: LdapAddress, cause: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const where = `${isSecure ? 'ldaps' : 'ldap'}://${host}:${port}`;
  const reason = REASONS[code] ?? (isSecure ? '; its certificate must be one of a public authority' : '');
  const message = `no connection to the LDAP directory at ${where}${reason}`;
  return new AppError('SERVICE_UNAVAILABLE', { message, cause });
}

export function refusedSearchAccount(): AppError {
  const message = 'the LDAP directory refuses ldap_search_dn with ldap_search_password';
  return new AppError('BAD_REQUEST', { message });
}

/** A connection that broke, an answer that did not come or says that the question is wrong. */
export function answeredWrongly(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  if (isNoSuchBase(cause)) {
    return new AppError('BAD_REQUEST', { message: 'the base DN is not in the LDAP directory', cause });
  }
  return new AppError('SERVICE_UNAVAILABLE', { message: 'the LDAP directory does not answer as it should', cause });
}

export function isNoSuchBase(error: unknown): boolean {
  return error instanceof ResultCodeError && [NO_SUCH_OBJECT, INVALID_DN_SYNTAX].includes(error.code);
}
