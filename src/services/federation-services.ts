import { D1IdentityPinStore } from '#adapters/d1/identity-pin-store';
import { D1TrustRuleStore } from '#adapters/d1/trust-rule-store';
import { IssuerDocuments } from '#adapters/federation/issuer-documents';
import { IssuerKeys } from '#adapters/federation/issuer-keys';
import { JoseIdentityTokens } from '#adapters/federation/jose-identity-tokens';
import type { Clock } from '#core/clock';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import { FederationService } from '#domain/federation/federation-service';
import { IssuerPolicies } from '#domain/federation/issuer-policies';
import { TrustRuleFacts } from '#domain/federation/trust-rule-facts';
import { TrustRuleService } from '#domain/federation/trust-rule-service';
import type { ProjectFactsService } from '#domain/projects/project-facts-service';
import type { Settings } from '#src/config';
import type { Env } from '#src/env';

export interface FederationParts {
  readonly configuration: ConfigurationService;
  readonly projects: ProjectFactsService;
  readonly clock: Clock;
}

/** Trust in outside issuers, and what the tokens they sign are good for. */
export function createFederation({ DB: db }: Env, settings: Settings, parts: FederationParts) {
  const { configuration, projects, clock } = parts;
  const isLoopbackAllowed = settings.areLoopbackIssuersAllowed;
  const rules = new D1TrustRuleStore({ db });
  const facts = new TrustRuleFacts({ rules, clock });
  const policies = new IssuerPolicies({ configuration, isLoopbackAllowed });
  const documents = new IssuerDocuments({ fetch: (url, init) => fetch(url, init), isLoopbackAllowed });
  const tokens = new JoseIdentityTokens({ keys: new IssuerKeys({ documents, clock }), clock });
  const pins = new D1IdentityPinStore({ db });
  const federation = new FederationService({ facts, pins, tokens, policies, projects, clock });
  const trustRules = new TrustRuleService({ rules, facts, projects, policies, clock });
  return { federation, trustRules, trustRuleFacts: facts };
}
