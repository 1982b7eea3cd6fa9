import { D1AliasStore } from '#adapters/d1/alias-store';
import { D1CveAllowlistStore } from '#adapters/d1/cve-allowlist-store';
import { D1ImmutableRuleStore } from '#adapters/d1/immutable-rule-store';
import { D1LabelStore } from '#adapters/d1/label-store';
import { D1ProjectListing } from '#adapters/d1/project-listing';
import { D1ProjectMetadataStore } from '#adapters/d1/project-metadata-store';
import { D1ProjectStore } from '#adapters/d1/project-store';
import { D1QuotaStore } from '#adapters/d1/quota-store';
import type { Clock } from '#core/clock';
import { AliasService } from '#domain/aliases/alias-service';
import { CveAllowlistService } from '#domain/cve-allowlists/cve-allowlist-service';
import { ImmutableRuleService } from '#domain/immutability/immutable-rule-service';
import { LabelService } from '#domain/labels/label-service';
import { ProjectFactsService } from '#domain/projects/project-facts-service';
import { ProjectMetadataService } from '#domain/projects/project-metadata-service';
import { ProjectService } from '#domain/projects/project-service';
import { QuotaService } from '#domain/quotas/quota-service';

/** Projects and what is kept beside them. */
export function createProjects(db: D1Database, clock: Clock) {
  const store = new D1ProjectStore({ db });
  const facts = new ProjectFactsService({ projects: store, clock });
  const aliases = new AliasService({ store: new D1AliasStore({ db }), facts, clock });
  const projects = new ProjectService({ projects: store, listing: new D1ProjectListing({ db }), facts, clock });
  const projectMetadata = new ProjectMetadataService({ metadata: new D1ProjectMetadataStore({ db }), projects, clock });
  const cveAllowlists = new CveAllowlistService({ allowlists: new D1CveAllowlistStore({ db }), clock });
  const labels = new LabelService({ store: new D1LabelStore({ db }), clock });
  const immutableRules = new ImmutableRuleService({ store: new D1ImmutableRuleStore({ db }), clock });
  const quotas = new QuotaService({ store: new D1QuotaStore({ db }), clock });
  return { facts, projects, aliases, projectMetadata, cveAllowlists, labels, immutableRules, quotas };
}
