/** Somebody nobody knows. */
export interface AnonymousPrincipal {
  readonly kind: 'anonymous';
  /** What the request's Authorization header held; it proved nothing. `/v2` asks those without one to fetch a token. */
  readonly presented: 'nothing' | 'basic' | 'bearer';
}

/** A local account, proven by its password. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly userId: number;
  readonly username: string;
  readonly isSystemAdmin: boolean;
  readonly securityVersion: number;
}

/** What a registry token permits in one project (JWT claim `access`, type `repository`). */
export interface TokenAccess {
  readonly project: string;
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

export type Principal = AnonymousPrincipal | UserPrincipal | TokenPrincipal;

/** Somebody who sent no Authorization header. */
export const ANONYMOUS: AnonymousPrincipal = { kind: 'anonymous', presented: 'nothing' };

/** The name for logs and audit rows. */
export function principalName(principal: Principal): string {
  return principal.kind === 'anonymous' ? 'anonymous' : principal.username || 'anonymous';
}
