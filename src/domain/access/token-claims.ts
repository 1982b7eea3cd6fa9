import { z } from 'zod';
import type { SecuritySubject, TokenPrincipal } from '#domain/access/principal';

export const TOKEN_ISSUER = 'harbor-token-issuer';
export const TOKEN_AUDIENCE = 'harbor-registry';

/** One entry of the claim `access` (distribution.github.io/distribution/spec/auth/jwt). */
export interface GrantedAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** An id, because names change hands, and the security version the token was made under. */
type IdAndVersion = readonly [number, number];

/** Ids and security versions the token was made under; the private claim `security`. */
export interface TokenSecurity {
  /** `[kind, id, security version]` of whose rights they are; absent in an anonymous token. */
  readonly subject?: readonly [SecuritySubject['kind'], number, number];
  /** `[id, security version]` of each project that `access` names. */
  readonly projects: Readonly<Record<string, IdAndVersion>>;
  /** Projects in which each entry of `access` is for the repository it names alone. */
  readonly limited?: readonly string[];
}

const idAndVersion = z.tuple([z.int(), z.int()]);

const claimsSchema = z.object({
  sub: z.string(),
  exp: z.number(),
  iat: z.number(),
  access: z.array(z.object({ type: z.string(), name: z.string(), actions: z.array(z.string()) })),
  security: z.object({
    subject: z.tuple([z.enum(['user', 'robot', 'trust-rule']), z.int(), z.int()]).optional(),
    projects: z.record(z.string(), idAndVersion),
    limited: z.array(z.string()).optional(),
  }),
});

/** A token whose signature holds; whether its facts still do is asked at every request. */
export interface VerifiedToken {
  readonly principal: TokenPrincipal;
  /** Undefined for an anonymous token. */
  readonly subject: SecuritySubject | undefined;
  readonly expiresAtMs: number;
}

/** What verified claims say; undefined for claims of another form. */
export function readClaims(claims: unknown): VerifiedToken | undefined {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return undefined;
  const { sub, exp, iat, access, security } = parsed.data;
  const projects = new Map(Object.entries(security.projects));
  const limited = new Set(security.limited);
  const [kind, id, securityVersion] = security.subject ?? [];
  const isAnonymous = kind === undefined || id === undefined || securityVersion === undefined;
  return {
    principal: {
      kind: 'token',
      username: sub,
      issuedAtMs: iat * 1_000,
      access: access.flatMap(({ type, name, actions }) => {
        const project = name.split('/', 1)[0] ?? '';
        const [projectId, projectVersion] = projects.get(project) ?? [];
        if (type !== 'repository' || projectId === undefined || projectVersion === undefined) return [];
        const repository = limited.has(project) ? name : undefined;
        return [{ project, repository, projectId, projectVersion, actions }];
      }),
      mayListCatalog: access.some((entry) => isCatalog(entry) && entry.actions.includes('*')),
    },
    subject: isAnonymous ? undefined : { kind, id, securityVersion },
    expiresAtMs: exp * 1_000,
  };
}

export function isCatalog({ type, name }: { readonly type: string; readonly name: string }): boolean {
  return type === 'registry' && name === 'catalog';
}
