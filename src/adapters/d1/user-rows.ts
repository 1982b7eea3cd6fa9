import type { User } from '#domain/users/user';

export interface UserRow {
  readonly id: number;
  readonly username: string;
  readonly password_hash: string | null;
  readonly email: string | null;
  readonly realname: string;
  readonly comment: string;
  readonly is_system_admin: number;
  readonly is_admin_in_auth: number;
  readonly security_version: number;
  readonly subject_issuer: string | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

/** Accounts; a `where` follows. */
export const SELECT_USER = `select u.id, username, password_hash, email, realname, comment, is_system_admin, is_admin_in_auth,
  security_version, (select subject_issuer from oidc_identities where user_id = u.id) subject_issuer, created_at_ms,
  updated_at_ms from users u`;

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    passwordHash: row.password_hash ?? undefined,
    email: row.email ?? undefined,
    realname: row.realname,
    comment: row.comment,
    isSystemAdmin: row.is_system_admin === 1,
    isAdminInAuth: row.is_admin_in_auth === 1,
    securityVersion: row.security_version,
    subjectIssuer: row.subject_issuer ?? undefined,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
