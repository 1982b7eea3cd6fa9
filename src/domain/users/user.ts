/** An account. */
export interface User {
  readonly id: number;
  readonly username: string;
  /** Undefined for who logs in elsewhere, and for the first administrator until the first login stores one. */
  readonly passwordHash: string | undefined;
  readonly email: string | undefined;
  readonly realname: string;
  readonly comment: string;
  /** The flag an administrator set. */
  readonly isSystemAdmin: boolean;
  /** Whether the directory they log in at makes them an administrator. */
  readonly isAdminInAuth: boolean;
  /** Changes whenever the account's rights or its password change. */
  readonly securityVersion: number;
  /** `OidcIdentity.subjectIssuer`; undefined for who does not log in at an OIDC provider. */
  readonly subjectIssuer: string | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** The account the first migration makes: it always logs in here, whatever the mode, and is never deleted. */
export const FIRST_ADMINISTRATOR_ID = 1;

export function isAdministrator(user: User): boolean {
  return user.isSystemAdmin || user.isAdminInAuth;
}
