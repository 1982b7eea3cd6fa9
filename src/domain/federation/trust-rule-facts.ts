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
    const lists = await Promise.all([...new Set(audiences)].map((audience) => this.#trusting(issuer, audience)));
    return lists.flat();
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

  async #trusting(issuer: string, audience: string): Promise<readonly TrustRule[]> {
    const key = keyOf(issuer, audience);
    const known = this.#byAudience.get(key);
    if (known) return known;
    const rules = await this.#deps.rules.listTrusting(issuer, audience);
    this.#byAudience.put(key, rules, { weight: rules.length + 1 });
    return rules;
  }
}

function keyOf(issuer: string, audience: string): string {
  return JSON.stringify([issuer, audience]);
}
