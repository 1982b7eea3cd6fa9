import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { Actor } from '#domain/audit/audit';
import { type Mutation, newMutation } from '#domain/events/mutation';
import type { IssuerPolicies } from '#domain/federation/issuer-policies';
import type { TrustRule, TrustRuleDraft } from '#domain/federation/trust-rule';
import { trustRuleProblem } from '#domain/federation/trust-rule-draft';
import type { TrustRuleFacts } from '#domain/federation/trust-rule-facts';
import type { RulePage, TrustRuleStore } from '#domain/federation/trust-rule-store';
import type { Project } from '#domain/projects/project';
import type { ProjectFactsService } from '#domain/projects/project-facts-service';

export interface TrustRuleServiceDeps {
  readonly rules: TrustRuleStore;
  readonly facts: TrustRuleFacts;
  readonly projects: Pick<ProjectFactsService, 'invalidate'>;
  readonly policies: Pick<IssuerPolicies, 'current'>;
  readonly clock: Clock;
}

/** The trust rules of a project. */
export class TrustRuleService {
  readonly #deps: TrustRuleServiceDeps;

  constructor(deps: TrustRuleServiceDeps) {
    this.#deps = deps;
  }

  list(project: Project, page: RulePage) {
    return this.#deps.rules.list(project.id, page);
  }

  async get(project: Project, ruleId: number): Promise<TrustRule> {
    const rule = await this.#deps.rules.find(project.id, ruleId);
    if (!rule) throw new AppError('NOT_FOUND', { message: `trust rule ${ruleId} not found` });
    return rule;
  }

  async create(project: Project, draft: TrustRuleDraft, actor: Actor): Promise<number> {
    await this.#check(draft);
    const id = await this.#deps.rules.insert(project.id, draft, this.#mutation('create', project, draft, actor));
    this.#forget(project, draft);
    return id;
  }

  async update(project: Project, ruleId: number, draft: TrustRuleDraft, actor: Actor): Promise<void> {
    await this.#check(draft);
    const rule = await this.get(project, ruleId);
    await this.#deps.rules.update(rule, draft, this.#mutation('update', project, draft, actor));
    this.#forget(project, rule, draft);
  }

  async delete(project: Project, ruleId: number, actor: Actor): Promise<void> {
    const rule = await this.get(project, ruleId);
    await this.#deps.rules.delete(rule, this.#mutation('delete', project, rule, actor));
    this.#forget(project, rule);
  }

  async #check(draft: TrustRuleDraft): Promise<void> {
    const problem = trustRuleProblem(draft, await this.#deps.policies.current());
    if (problem) throw new AppError('BAD_REQUEST', { message: problem });
  }

  #mutation(operation: string, project: Project, draft: TrustRuleDraft, actor: Actor): Mutation {
    const audit = {
      projectId: project.id,
      operation,
      resourceType: 'trust-rule',
      resource: draft.name,
      description: `${operation} trust rule ${draft.name} for ${draft.issuer}`,
    };
    return newMutation(audit, actor, this.#deps.clock);
  }

  #forget(project: Project, ...drafts: readonly TrustRuleDraft[]): void {
    for (const draft of drafts) this.#deps.facts.invalidate(draft);
    this.#deps.projects.invalidate(project.name);
  }
}
