import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import { newId } from '#core/ids';
import { requireSecrets } from '#domain/access/missing-secrets';
import { isLimitedToRepositories, type PermissionService } from '#domain/access/permission-service';
import { type Principal, subjectOf, type TokenPrincipal } from '#domain/access/principal';
import { projectOfScope, type RequestedScope } from '#domain/access/scope';
import { MAX_TOKEN_TTL_SECONDS } from '#domain/access/signing-key';
import type { SigningKeyService } from '#domain/access/signing-key-service';
import type { SubjectService } from '#domain/access/subject-service';
import {
  type GrantedAccess,
  isCatalog,
  readClaims,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  type TokenSecurity,
  type VerifiedToken,
} from '#domain/access/token-claims';
import type { AliasService } from '#domain/aliases/alias-service';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { Project } from '#domain/projects/project';
import type { ProjectFactsService } from '#domain/projects/project-facts-service';

/** Longest token that is looked at, in characters; ours with 100 scopes has about 15,000. */
const MAX_TOKEN_LENGTH = 64 * 1_024;
/** Memory for verified tokens, in characters. */
const MAX_REMEMBERED_LENGTH = 8 * 2 ** 20;

export interface TokenServiceDeps {
  readonly keys: SigningKeyService;
  readonly permissions: PermissionService;
  readonly facts: ProjectFactsService;
  readonly aliases: AliasService;
  readonly subjects: SubjectService;
  readonly configuration: ConfigurationService;
  readonly clock: Clock;
  /** Names of the secrets the signing key needs and the deployment lacks. */
  readonly missingSecrets: readonly string[];
}

export interface IssuedToken {
  readonly token: string;
  /** What it permits, a scope each. */
  readonly access: readonly GrantedAccess[];
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
      ttlMs: MAX_TOKEN_TTL_SECONDS * 1_000,
      clock: deps.clock,
    });
  }

  /** A token with everything the caller may do in the projects that the scopes name. */
  async issue(principal: Principal, scopes: readonly RequestedScope[]): Promise<IssuedToken> {
    requireSecrets(this.#deps.missingSecrets);
    const projects = await this.#deps.facts.byNames(scopes.flatMap((scope) => projectOfScope(scope) ?? []));
    const grants = await Promise.all(scopes.map((scope) => this.#grant(principal, scope, projects)));
    const access = grants.map((grant) => grant.access);
    const issuedAtMs = this.#deps.clock.nowMs();
    const issuedAt = Math.floor(issuedAtMs / 1_000);
    const expiresInSeconds = await this.#ttlSeconds(principal, issuedAt);
    const token = await this.#deps.keys.sign({
      iss: TOKEN_ISSUER,
      sub: principal.kind === 'anonymous' ? '' : principal.username,
      aud: [TOKEN_AUDIENCE],
      exp: issuedAt + expiresInSeconds,
      nbf: issuedAt,
      iat: issuedAt,
      jti: newId(),
      access,
      security: securityOf(
        principal,
        grants.flatMap(({ project }) => project ?? []),
      ),
    });
    return { token, access, expiresInSeconds, issuedAtMs };
  }

  /** As configured, and no longer than the caller is somebody. */
  async #ttlSeconds(principal: Principal, issuedAt: number): Promise<number> {
    const { token_expiration: minutes } = await this.#deps.configuration.current();
    const endsAtMs = principal.kind === 'robot' ? principal.expiresAtMs : undefined;
    const leftSeconds = endsAtMs === undefined ? MAX_TOKEN_TTL_SECONDS : Math.floor(endsAtMs / 1_000) - issuedAt;
    return Math.max(1, Math.min(minutes * 60, MAX_TOKEN_TTL_SECONDS, leftSeconds));
  }

  /** The bearer of a token; undefined when it proves nothing (any more). */
  async verify(token: string): Promise<TokenPrincipal | undefined> {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    const verified = this.#verified.get(token) ?? (await this.#verifySignature(token));
    return verified && (await this.#isSubjectCurrent(verified)) ? verified.principal : undefined;
  }

  async #verifySignature(token: string): Promise<VerifiedToken | undefined> {
    const verified = readClaims(await this.#deps.keys.verify(token));
    if (!verified) return undefined;
    const ttlMs = verified.expiresAtMs - this.#deps.clock.nowMs();
    this.#verified.put(token, verified, { weight: token.length, ttlMs });
    return verified;
  }

  async #isSubjectCurrent({ principal, subject }: VerifiedToken): Promise<boolean> {
    return subject ? this.#deps.subjects.isCurrent(subject) : principal.username === '';
  }

  async #grant(principal: Principal, scope: RequestedScope, projects: ReadonlyMap<string, Project>): Promise<Grant> {
    const { permissions } = this.#deps;
    const name = projectOfScope(scope);
    const project = name === undefined ? undefined : projects.get(name);
    if (name !== undefined && project)
      return this.#grantIn(principal, scope, project, scope.name.slice(name.length + 1));
    const mayListCatalog = isCatalog(scope) && permissions.hasSystem(principal, 'catalog:read');
    return { access: { ...scope, actions: mayListCatalog ? ['*'] : [] }, project: undefined };
  }

  /** Names the repository as it is called now, to who may do anything with it: to others it is as if there were none. */
  async #grantIn(principal: Principal, scope: RequestedScope, project: Project, name: string): Promise<Grant> {
    const { here, moved } = await this.#deps.aliases.resolveIn(project, name);
    for (const place of moved ? [moved, here] : [here]) {
      const actions = await this.#deps.permissions.repositoryActions(principal, place);
      if (actions.length > 0) return { access: { ...scope, name: place.repository, actions }, project: place.project };
    }
    return { access: { ...scope, actions: [] }, project: undefined };
  }
}

/** What a scope comes to, and the project in which it grants something. */
interface Grant {
  readonly access: GrantedAccess;
  readonly project: Project | undefined;
}

function securityOf(principal: Principal, granted: readonly Project[]): TokenSecurity {
  const subject = subjectOf(principal);
  const projects = new Map(granted.map((project) => [project.name, project]));
  const limited = [...projects.values()].filter((project) => isLimitedToRepositories(principal, project));
  return {
    ...(subject && { subject: [subject.kind, subject.id, subject.securityVersion] as const }),
    projects: Object.fromEntries([...projects].map(([name, project]) => [name, [project.id, project.securityVersion]])),
    ...(limited.length > 0 && { limited: limited.map((project) => project.name) }),
  };
}
