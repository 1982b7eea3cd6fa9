import { z } from 'zod';
import type { TokenPrincipal } from '#domain/access/principal';

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
  /** `[user id, security version]`; absent in an anonymous token. */
  readonly user?: IdAndVersion;
  /** The same of each project that `access` names. */
  readonly projects: Readonly<Record<string, IdAndVersion>>;
}

const idAndVersion = z.tuple([z.int(), z.int()]);

const claimsSchema = z.object({
  sub: z.string(),
  exp: z.number(),
  iat: z.number(),
  access: z.array(z.object({ type: z.string(), name: z.string(), actions: z.array(z.string()) })),
  security: z.object({
    user: idAndVersion.optional(),
    projects: z.record(z.string(), idAndVersion),
  }),
});

/** A token whose signature holds; whether its facts still do is asked at every request. */
export interface VerifiedToken {
  readonly principal: TokenPrincipal;
  /** Undefined for an anonymous token. */
  readonly user: IdAndVersion | undefined;
  readonly expiresAtMs: number;
}

/** What verified claims say; undefined for claims of another form. */
export function readClaims(claims: unknown): VerifiedToken | undefined {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return undefined;
  const { sub, exp, iat, access, security } = parsed.data;
  const projects = new Map(Object.entries(security.projects));
  return {
    principal: {
      kind: 'token',
      username: sub,
      issuedAtMs: iat * 1_000,
      access: access.flatMap(({ type, name, actions }) => {
        const project = name.split('/', 1)[0] ?? '';
        const [projectId, projectVersion] = projects.get(project) ?? [];
        if (type !== 'repository' || projectId === undefined || projectVersion === undefined) return [];
        return [{ project, projectId, projectVersion, actions }];
      }),
      mayListCatalog: access.some((entry) => isCatalog(entry) && entry.actions.includes('*')),
    },
    user: security.user,
    expiresAtMs: exp * 1_000,
  };
}

export function isCatalog({ type, name }: { readonly type: string; readonly name: string }): boolean {
  return type === 'registry' && name === 'catalog';
}
