import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import { newId } from '#core/ids';
import type { AccessService } from '#domain/access/access-service';
import { requireSecrets } from '#domain/access/login-service';
import type { Principal, TokenPrincipal, UserPrincipal } from '#domain/access/principal';
import { projectOfScope, type RequestedScope } from '#domain/access/scope';
import { TOKEN_TTL_SECONDS } from '#domain/access/signing-key';
import type { SigningKeyService } from '#domain/access/signing-key-service';
import {
  type GrantedAccess,
  isCatalog,
  readClaims,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  type TokenSecurity,
  type VerifiedToken,
} from '#domain/access/token-claims';
import type { Project } from '#domain/projects/project';
import type { ProjectFactsService } from '#domain/projects/project-facts-service';
import type { UserService } from '#domain/users/user-service';

/** Longest token that is looked at, in characters; ours with 100 scopes has about 15,000. */
const MAX_TOKEN_LENGTH = 64 * 1_024;
/** Memory for verified tokens, in characters. */
const MAX_REMEMBERED_LENGTH = 8 * 2 ** 20;

export interface TokenServiceDeps {
  readonly keys: SigningKeyService;
  readonly access: AccessService;
  readonly facts: ProjectFactsService;
  readonly users: UserService;
  readonly clock: Clock;
  /** Names of the secrets the signing key needs and the deployment lacks. */
  readonly missingSecrets: readonly string[];
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
  readonly issuedAtMs: number;
}

/** Registry tokens (distribution.github.io/distribution/spec/auth/jwt), with Harbor's claims. */
export class TokenService {
  readonly #deps: TokenServiceDeps;
  readonly #verified: BoundedCache<VerifiedToken>;

  constructor(deps: TokenServiceDeps) {
    this.#deps = deps;
    this.#verified = new BoundedCache({
      maxWeight: MAX_REMEMBERED_LENGTH,
      ttlMs: TOKEN_TTL_SECONDS * 1_000,
      clock: deps.clock,
    });
  }

  /** A token with everything the caller may do in the projects that the scopes name. */
  async issue(principal: Principal, scopes: readonly RequestedScope[]): Promise<IssuedToken> {
    requireSecrets(this.#deps.missingSecrets);
    const projects = await this.#deps.facts.byNames(scopes.flatMap((scope) => projectOfScope(scope) ?? []));
    const access = await Promise.all(scopes.map((scope) => this.#grant(principal, scope, projects)));
    const issuedAtMs = this.#deps.clock.nowMs();
    const issuedAt = Math.floor(issuedAtMs / 1_000);
    const token = await this.#deps.keys.sign({
      iss: TOKEN_ISSUER,
      sub: principal.kind === 'anonymous' ? '' : principal.username,
      aud: [TOKEN_AUDIENCE],
      exp: issuedAt + TOKEN_TTL_SECONDS,
      nbf: issuedAt,
      iat: issuedAt,
      jti: newId(),
      access,
      security: securityOf(principal, projects),
    });
    return { token, expiresInSeconds: TOKEN_TTL_SECONDS, issuedAtMs };
  }

  /** The bearer of a token; undefined when it proves nothing (any more). */
  async verify(token: string): Promise<TokenPrincipal | undefined> {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    const verified = this.#verified.get(token) ?? (await this.#verifySignature(token));
    return verified && (await this.#isUserUnchanged(verified)) ? verified.principal : undefined;
  }

  async #verifySignature(token: string): Promise<VerifiedToken | undefined> {
    const verified = readClaims(await this.#deps.keys.verify(token));
    if (!verified) return undefined;
    const ttlMs = verified.expiresAtMs - this.#deps.clock.nowMs();
    this.#verified.put(token, verified, { weight: token.length, ttlMs });
    return verified;
  }

  async #isUserUnchanged({ principal, user }: VerifiedToken): Promise<boolean> {
    if (!user) return principal.username === '';
    const [id, securityVersion] = user;
    const current = await this.#deps.users.recall(principal.username);
    return current?.id === id && current.securityVersion === securityVersion;
  }

  async #grant(
    principal: Principal,
    scope: RequestedScope,
    projects: ReadonlyMap<string, Project>,
  ): Promise<GrantedAccess> {
    const project = projects.get(projectOfScope(scope) ?? '');
    if (project) return { ...scope, actions: await this.#deps.access.repositoryActions(principal, project) };
    const mayListCatalog = isCatalog(scope) && principal.kind === 'user' && principal.isSystemAdmin;
    return { ...scope, actions: mayListCatalog ? ['*'] : [] };
  }
}

function securityOf(principal: Principal, projects: ReadonlyMap<string, Project>): TokenSecurity {
  const user: UserPrincipal | undefined = principal.kind === 'user' ? principal : undefined;
  return {
    ...(user && { user: [user.userId, user.securityVersion] as const }),
    projects: Object.fromEntries([...projects].map(([name, project]) => [name, [project.id, project.securityVersion]])),
  };
}
