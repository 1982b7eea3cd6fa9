import { withRetries } from '#adapters/d1/batch';
import { conditions } from '#adapters/d1/conditions';
import { runGuarded } from '#adapters/d1/guarded-batch';
import { guard, guardProject } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { listPage } from '#adapters/d1/page';
import { AppError } from '#core/errors';
import type { Mutation } from '#domain/events/mutation';
import {
  type ImmutableRule,
  type ImmutableRuleDraft,
  MAX_RULES_OF_PROJECT,
  type RuleSelectors,
} from '#domain/immutability/immutable-rule';
import type { ImmutableRuleStore, RuleFilter, RulePage } from '#domain/immutability/immutable-rule-store';

interface RuleRow {
  id: number;
  project_id: number;
  is_disabled: number;
  /** JSON. */
  selectors: string;
}

const SELECT_RULE = 'select r.id, r.project_id, r.is_disabled, r.selectors from immutable_rules r';

const COLUMN_OF = { id: 'r.id', disabled: 'r.is_disabled' } as const;

export class D1ImmutableRuleStore implements ImmutableRuleStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async list(projectId: number, filter: RuleFilter, page: RulePage) {
    const where = conditions(['r.project_id = ?1'], [projectId])
      .matching('r.id', filter.id)
      .matching('r.is_disabled', filter.disabled);
    const order = { column: COLUMN_OF[page.orderBy], isDescending: page.isDescending, tieBreaker: 'r.id' };
    const { rows, total } = await listPage<RuleRow>(this.#db, { select: SELECT_RULE, where, order, page });
    return { items: rows.map(toRule), total };
  }

  async find(projectId: number, ruleId: number): Promise<ImmutableRule | undefined> {
    const query = this.#db.prepare(`${SELECT_RULE} where r.id = ? and r.project_id = ?`).bind(ruleId, projectId);
    const row = await withRetries(() => query.first<RuleRow>());
    return row ? toRule(row) : undefined;
  }

  async insert(projectId: number, draft: ImmutableRuleDraft, mutation: Mutation): Promise<number> {
    const selectors = toText(draft.selectors);
    const room = '(select count(*) from immutable_rules where project_id = ?) < ?';
    await this.#run([
      ...mutationStatements(this.#db, mutation),
      guardProject(this.#db, projectId),
      this.#guardSelectors(projectId, selectors, 0),
      guard(this.#db, 'TOO_MANY_RULES', room, projectId, MAX_RULES_OF_PROJECT),
      this.#db
        .prepare(
          `insert into immutable_rules (project_id, selectors, is_disabled, created_at_ms, updated_at_ms)
             values (?1, ?2, ?3, ?4, ?4)`,
        )
        .bind(projectId, selectors, draft.isDisabled ? 1 : 0, mutation.nowMs),
    ]);
    const query = this.#db
      .prepare('select id from immutable_rules where project_id = ? and selectors = ?')
      .bind(projectId, selectors);
    const id = await withRetries(() => query.first<number>('id'));
    if (id === null)
      throw new AppError('CONFLICT', { message: 'the immutable tag rule was deleted as it was created' });
    return id;
  }

  async update(rule: ImmutableRule, draft: ImmutableRuleDraft, mutation: Mutation): Promise<void> {
    const selectors = toText(draft.selectors);
    await this.#run([
      ...mutationStatements(this.#db, mutation),
      this.#guardRule(rule),
      this.#guardSelectors(rule.projectId, selectors, rule.id),
      this.#db
        .prepare('update immutable_rules set selectors = ?, is_disabled = ?, updated_at_ms = ? where id = ?')
        .bind(selectors, draft.isDisabled ? 1 : 0, mutation.nowMs, rule.id),
    ]);
  }

  async delete(rule: ImmutableRule, mutation: Mutation): Promise<void> {
    await this.#run([
      ...mutationStatements(this.#db, mutation),
      this.#guardRule(rule),
      this.#db.prepare('delete from immutable_rules where id = ?').bind(rule.id),
    ]);
  }

  #guardRule({ id, projectId }: ImmutableRule): D1PreparedStatement {
    const condition = 'exists (select 1 from immutable_rules where id = ? and project_id = ?)';
    return guard(this.#db, 'RULE_GONE', condition, id, projectId);
  }

  #guardSelectors(projectId: number, selectors: string, ownId: number): D1PreparedStatement {
    const condition = 'not exists (select 1 from immutable_rules where project_id = ? and selectors = ? and id <> ?)';
    return guard(this.#db, 'RULE_TAKEN', condition, projectId, selectors, ownId);
  }

  #run(statements: D1PreparedStatement[]): Promise<void> {
    return runGuarded(this.#db, statements, {
      PROJECT_GONE: ['NOT_FOUND', 'project not found'],
      RULE_GONE: ['NOT_FOUND', 'the immutable tag rule was deleted'],
      RULE_TAKEN: ['CONFLICT', 'immutable rule already exists'],
      TOO_MANY_RULES: ['PRECONDITION', `a project has at most ${MAX_RULES_OF_PROJECT} immutable tag rules`],
    });
  }
}

/** One text for the same selectors: none of a project stands there twice. */
function toText({ repository, tag }: RuleSelectors): string {
  return JSON.stringify({
    repository: { decoration: repository.decoration, pattern: repository.pattern },
    tag: { decoration: tag.decoration, pattern: tag.pattern },
  });
}

function toRule(row: RuleRow): ImmutableRule {
  return {
    id: row.id,
    projectId: row.project_id,
    isDisabled: row.is_disabled === 1,
    selectors: JSON.parse(row.selectors) as RuleSelectors,
  };
}
