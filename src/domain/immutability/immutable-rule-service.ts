import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { Actor } from '#domain/audit/audit';
import { type Mutation, newMutation } from '#domain/events/mutation';
import {
  type ImmutableRule,
  type ImmutableRuleDraft,
  readRuleDraft,
  type WireRule,
} from '#domain/immutability/immutable-rule';
import type { ImmutableRuleStore, RuleFilter, RulePage } from '#domain/immutability/immutable-rule-store';
import type { Project } from '#domain/projects/project';

export interface ImmutableRuleServiceDeps {
  readonly store: ImmutableRuleStore;
  readonly clock: Clock;
}

/** The rules by which tags of a project are immutable (`ImmutabilityService` keeps to them). */
export class ImmutableRuleService {
  readonly #store: ImmutableRuleStore;
  readonly #clock: Clock;

  constructor({ store, clock }: ImmutableRuleServiceDeps) {
    this.#store = store;
    this.#clock = clock;
  }

  list(project: Project, filter: RuleFilter, page: RulePage): ReturnType<ImmutableRuleStore['list']> {
    return this.#store.list(project.id, filter, page);
  }

  /** Answers the id; BAD_REQUEST for what makes no rule. */
  create(project: Project, wire: WireRule, actor: Actor): Promise<number> {
    const draft = read(wire);
    return this.#store.insert(project.id, draft, this.#mutation('create', project, draft, actor));
  }

  /** Changes all of a rule at once; NOT_FOUND for one of another project. */
  async update(project: Project, ruleId: number, wire: WireRule, actor: Actor): Promise<void> {
    const draft = read(wire);
    const rule = await this.#get(project, ruleId);
    await this.#store.update(rule, draft, this.#mutation('update', project, draft, actor));
  }

  /** NOT_FOUND for a rule of another project. */
  async delete(project: Project, ruleId: number, actor: Actor): Promise<void> {
    const rule = await this.#get(project, ruleId);
    await this.#store.delete(rule, this.#mutation('delete', project, rule, actor));
  }

  async #get(project: Project, ruleId: number): Promise<ImmutableRule> {
    const rule = await this.#store.find(project.id, ruleId);
    if (!rule) throw new AppError('NOT_FOUND', { message: `immutable tag rule ${ruleId} not found` });
    return rule;
  }

  #mutation(
    operation: string,
    project: Project,
    { selectors, isDisabled }: ImmutableRuleDraft,
    actor: Actor,
  ): Mutation {
    const { repository, tag } = selectors;
    const rule = `${repository.decoration} ${repository.pattern}, ${tag.decoration} ${tag.pattern}`;
    const description = `${operation} immutable tag rule: ${rule}${isDisabled ? ', disabled' : ''}`;
    const audit = {
      projectId: project.id,
      operation,
      resourceType: 'immutable-tag',
      resource: project.name,
      description,
    };
    return newMutation(audit, actor, this.#clock);
  }
}

function read(wire: WireRule): ImmutableRuleDraft {
  const draft = readRuleDraft(wire);
  if (draft.ok) return draft.value;
  throw new AppError('BAD_REQUEST', { message: draft.error });
}
