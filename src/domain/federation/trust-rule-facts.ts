import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import type { SubjectVersions } from '#domain/access/subject-service';
import type { TrustRule, TrustRuleDraft } from '#domain/federation/trust-rule';
import type { TrustRuleStore } from '#domain/federation/trust-rule-store';

/** How old a remembered rule may be: deleting or disabling one acts within this time. */
const FACTS_TTL_MS = 10_000;
const MAX_REMEMBERED_RULES = 10_000;

export interface TrustRuleFactsDeps {
  readonly rules: Pick<TrustRuleStore, 'listTrusting' | 'findSecurityVersion'>;
  readonly clock: Clock;
}

/** Trust rules as they stood at most 10 s ago. */
export class TrustRuleFacts implements SubjectVersions {
  readonly #deps: TrustRuleFactsDeps;
  readonly #byAudience: BoundedCache<readonly TrustRule[]>;
  readonly #versions: BoundedCache<number>;

  constructor(deps: TrustRuleFactsDeps) {
    this.#deps = deps;
    const options = { maxWeight: MAX_REMEMBERED_RULES, ttlMs: FACTS_TTL_MS, clock: deps.clock };
    this.#byAudience = new BoundedCache(options);
    this.#versions = new BoundedCache(options);
  }

  /** The rules, of whatever project, for tokens of this issuer with one of the audiences. */
  async trusting(issuer: string, audiences: readonly string[]): Promise<readonly TrustRule[]> {
    const found: TrustRule[] = [];
    const unknown: string[] = [];
    for (const audience of new Set(audiences)) {
      const known = this.#byAudience.get(keyOf(issuer, audience));
      if (known) found.push(...known);
      else unknown.push(audience);
    }
    return unknown.length === 0 ? found : [...found, ...(await this.#lookUp(issuer, unknown))];
  }

  /** The security version of a rule in use; undefined when there is none with that id. */
  async versionOf(ruleId: number): Promise<number | undefined> {
    const key = String(ruleId);
    const known = this.#versions.get(key);
    if (known) return known;
    const version = await this.#deps.rules.findSecurityVersion(ruleId);
    if (version !== undefined) this.#versions.put(key, version);
    return version;
  }

  /** Forgets what this isolate has changed. */
  invalidate({ issuer, audience, id }: Pick<TrustRuleDraft, 'issuer' | 'audience'> & { readonly id?: number }): void {
    this.#byAudience.delete(keyOf(issuer, audience));
    if (id !== undefined) this.#versions.delete(String(id));
  }

  async #lookUp(issuer: string, audiences: readonly string[]): Promise<readonly TrustRule[]> {
    const rules = await this.#deps.rules.listTrusting(issuer, audiences);
    const byAudience = Map.groupBy(rules, (rule) => rule.audience);
    for (const audience of audiences) {
      const ofAudience = byAudience.get(audience) ?? [];
      this.#byAudience.put(keyOf(issuer, audience), ofAudience, { weight: ofAudience.length + 1 });
    }
    return rules;
  }
}

function keyOf(issuer: string, audience: string): string {
  return JSON.stringify([issuer, audience]);
}
