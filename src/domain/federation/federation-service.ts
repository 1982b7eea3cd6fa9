import { createHash } from 'node:crypto';
import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import type { RobotPrincipal } from '#domain/access/principal';
import { type Mutation, newMutation } from '#domain/events/mutation';
import { newPin } from '#domain/federation/identity-pin';
import type { IdentityPinStore } from '#domain/federation/identity-pin-store';
import {
  IDENTITY_LEEWAY_SECONDS,
  type IdentityToken,
  type IdentityTokens,
  MAX_IDENTITY_TOKEN_LENGTH,
} from '#domain/federation/identity-token';
import type { IssuerPolicies } from '#domain/federation/issuer-policies';
import { isTrusted, permissionsOf, type TrustRule } from '#domain/federation/trust-rule';
import { issuerProblem } from '#domain/federation/trust-rule-draft';
import type { TrustRuleFacts } from '#domain/federation/trust-rule-facts';
import type { ProjectFactsService } from '#domain/projects/project-facts-service';

/** How long a token that was verified is not verified again, nor its use audited; rules are looked at every 10 s. */
const REMEMBER_MS = 60_000;
const MAX_REMEMBERED = 10_000;
/** Longest user name of a workload, in characters. */
const MAX_USERNAME_LENGTH = 255;
/** Longest list of rules in one row of the audit log, in characters. */
const MAX_NAMES_LENGTH = 1_024;

export interface FederationServiceDeps {
  readonly facts: TrustRuleFacts;
  readonly pins: IdentityPinStore;
  readonly tokens: IdentityTokens;
  readonly policies: Pick<IssuerPolicies, 'current'>;
  readonly projects: Pick<ProjectFactsService, 'byNames'>;
  readonly clock: Clock;
}

export interface IdentityUse {
  /** Names of the projects the request is about, aliases among them; only their rules count. None: those of every project do. */
  readonly projects: readonly string[];
  readonly sourceAddress: string | undefined;
}

interface KnownToken {
  readonly token: IdentityToken;
  readonly firstUsedAtMs: number;
}

/** Logins of workloads by the OIDC tokens their platforms give them. */
export class FederationService {
  readonly #deps: FederationServiceDeps;
  readonly #known: BoundedCache<KnownToken>;

  constructor(deps: FederationServiceDeps) {
    this.#deps = deps;
    this.#known = new BoundedCache({ maxWeight: MAX_REMEMBERED, ttlMs: REMEMBER_MS, clock: deps.clock });
  }

  /**
   * What the rules that trust the bearer give it, all of them together; undefined when none does. Each rule ends its
   * lifetime after the first use of the token, and what is made of several ends with the first of them.
   */
  async authenticate(token: string, use: IdentityUse): Promise<RobotPrincipal | undefined> {
    if (token.length > MAX_IDENTITY_TOKEN_LENGTH) return undefined;
    const rules = await this.#rulesFor(token, use.projects);
    if (rules.length === 0) return undefined;
    const isOfAll = use.projects.length === 0;
    const key = memoryKey(token, isOfAll ? [] : rules.map((rule) => rule.project));
    const known = this.#known.get(key);
    if (known) return toPrincipal(known, this.#inForce(known, rules));
    const found = await this.#verify(token, rules);
    const inForce = found ? this.#inForce(found, rules) : [];
    if (!found || inForce.length === 0) return undefined;
    await this.#deps.pins.recordUse(this.#auditOf(found, inForce, use));
    this.#known.put(key, found);
    return toPrincipal(found, inForce);
  }

  /** Forgets tokens nobody can use any more; the cron tick calls this. */
  sweep(): Promise<void> {
    return this.#deps.pins.sweep(this.#deps.clock.nowMs());
  }

  /** Rules that may trust the token, going by what it says of itself. Nothing is asked of an issuer nobody trusts. */
  async #rulesFor(token: string, projects: readonly string[]): Promise<readonly TrustRule[]> {
    const peeked = this.#deps.tokens.peek(token);
    if (!peeked || issuerProblem(peeked.issuer, await this.#deps.policies.current())) return [];
    const rules = await this.#deps.facts.trusting(peeked.issuer, peeked.audiences);
    if (projects.length === 0 || rules.length === 0) return rules;
    const named = await this.#deps.projects.byNames(projects);
    const ids = new Set([...named.values()].map((project) => project.id));
    return rules.filter((rule) => ids.has(rule.projectId));
  }

  async #verify(text: string, rules: readonly TrustRule[]): Promise<KnownToken | undefined> {
    const issuer = rules[0]?.issuer ?? '';
    const audiences = [...new Set(rules.map((rule) => rule.audience))];
    const token = await this.#deps.tokens.verify(text, { issuer, audiences });
    // Only a token that somebody trusts leaves a trace.
    if (!token || !rules.some((rule) => isTrusted(rule, token))) return undefined;
    const firstUsedAtMs = await this.#firstUse(token);
    return firstUsedAtMs === undefined ? undefined : { token, firstUsedAtMs };
  }

  /** Pins the token at its first use, which must come before its end; undefined when it came too late. */
  async #firstUse(token: IdentityToken): Promise<number | undefined> {
    const { pins, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const first = isOver(token, nowMs) ? await pins.findFirstUse(token) : await pins.pin(newPin(token, nowMs));
    return first === undefined || isOver(token, first) ? undefined : first;
  }

  #inForce({ token, firstUsedAtMs }: KnownToken, rules: readonly TrustRule[]): readonly TrustRule[] {
    const nowMs = this.#deps.clock.nowMs();
    return rules.filter((rule) => isTrusted(rule, token) && nowMs < endOf(rule, firstUsedAtMs));
  }

  /** A row for each project that was asked about; a login that names none is the system's affair alone. */
  #auditOf({ token }: KnownToken, rules: readonly TrustRule[], use: IdentityUse): readonly Mutation[] {
    const actor = { username: usernameOf(token), sourceAddress: use.sourceAddress };
    const groups = use.projects.length === 0 ? [rules] : [...Map.groupBy(rules, (rule) => rule.projectId).values()];
    return groups.map((group) => {
      const audit = {
        projectId: use.projects.length === 0 ? undefined : group[0]?.projectId,
        operation: 'login',
        resourceType: 'trust-rule',
        resource: group
          .map((rule) => rule.name)
          .join(', ')
          .slice(0, MAX_NAMES_LENGTH),
        description: `login of ${token.subject} by a token of ${token.issuer}`,
      };
      return newMutation(audit, actor, this.#deps.clock);
    });
  }
}

function isOver(token: IdentityToken, atMs: number): boolean {
  return token.expiresAtMs + IDENTITY_LEEWAY_SECONDS * 1_000 <= atMs;
}

function endOf(rule: TrustRule, firstUsedAtMs: number): number {
  return firstUsedAtMs + rule.lifetimeSeconds * 1_000;
}

function usernameOf(token: IdentityToken): string {
  return `oidc$${token.subject}`.slice(0, MAX_USERNAME_LENGTH);
}

function toPrincipal({ token, firstUsedAtMs }: KnownToken, rules: readonly TrustRule[]): RobotPrincipal | undefined {
  const [first] = rules;
  if (!first) return undefined;
  const isOfOneProject = rules.every((rule) => rule.projectId === first.projectId);
  return {
    kind: 'robot',
    username: usernameOf(token),
    subject: { kind: 'trust-rule', id: first.id, securityVersion: first.securityVersion },
    projectId: isOfOneProject ? first.projectId : undefined,
    permissions: rules.flatMap(permissionsOf),
    expiresAtMs: Math.min(...rules.map((rule) => endOf(rule, firstUsedAtMs))),
  };
}

/** A token is remembered only as a hash, apart for each set of projects, whose logs each tell of its use. */
function memoryKey(token: string, projects: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([token, [...new Set(projects)].sort()]))
    .digest('base64url');
}
