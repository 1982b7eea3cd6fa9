import type { RobotPermission } from '#core/rbac/robot-permissions';

/** Somebody nobody knows. */
export interface AnonymousPrincipal {
  readonly kind: 'anonymous';
  /** What the request's Authorization header held; it proved nothing. `/v2` asks those without one to fetch a token. */
  readonly presented: 'nothing' | 'basic' | 'bearer';
}

/** Somebody with an account, proven by a password, a session or an id token. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly userId: number;
  readonly username: string;
  readonly isSystemAdmin: boolean;
  readonly securityVersion: number;
  /** How they proved it; a session's requests need a CSRF token. */
  readonly provenBy: 'password' | 'session' | 'id-token';
}

/** A machine: a robot account, or a CI workload that a project's trust rule lets in. */
export interface RobotPrincipal {
  readonly kind: 'robot';
  /** With prefix and project, as it logged in. */
  readonly username: string;
  readonly subject: SecuritySubject & { readonly kind: 'robot' | 'trust-rule' };
  /** The project it belongs to; undefined for a system robot. */
  readonly projectId: number | undefined;
  readonly permissions: readonly RobotPermission[];
  /** After this it is nobody; undefined never. */
  readonly expiresAtMs: number | undefined;
}

/** Whose rights a token carries, and the security version they had when it was made. */
export interface SecuritySubject {
  readonly kind: 'user' | 'robot' | 'trust-rule';
  readonly id: number;
  readonly securityVersion: number;
}

/** What a registry token permits in one project (JWT claim `access`, type `repository`). */
export interface TokenAccess {
  readonly project: string;
  /** The one repository it is for, by its full name; undefined is every repository of the project. */
  readonly repository: string | undefined;
  /** The project the name meant when the token was made; its name may have changed hands since. */
  readonly projectId: number;
  /** The project's security version when the token was made; another one voids the access. */
  readonly projectVersion: number;
  readonly actions: readonly string[];
}

/** The bearer of a registry token: its rights are those written in the token, as long as the facts still hold. */
export interface TokenPrincipal {
  readonly kind: 'token';
  /** Empty for a token given to somebody anonymous. */
  readonly username: string;
  readonly issuedAtMs: number;
  readonly access: readonly TokenAccess[];
  /** Whether the token permits listing every repository. */
  readonly mayListCatalog: boolean;
}

export type Principal = AnonymousPrincipal | UserPrincipal | RobotPrincipal | TokenPrincipal;

/** Somebody who sent no Authorization header. */
export const ANONYMOUS: AnonymousPrincipal = { kind: 'anonymous', presented: 'nothing' };

/** The name for logs and audit rows. */
export function principalName(principal: Principal): string {
  return principal.kind === 'anonymous' ? 'anonymous' : principal.username || 'anonymous';
}

export function isSystemAdmin(principal: Principal): boolean {
  return principal.kind === 'user' && principal.isSystemAdmin;
}

/** Whose rights these are; undefined for somebody anonymous. */
export function subjectOf(principal: Principal): SecuritySubject | undefined {
  if (principal.kind === 'robot') return principal.subject;
  if (principal.kind !== 'user') return undefined;
  return { kind: 'user', id: principal.userId, securityVersion: principal.securityVersion };
}
