import { runBatch, withRetries } from '#adapters/d1/batch';
import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard, guardProject } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { SELECT_RULE, type TrustRuleRow, toTrustRule } from '#adapters/d1/trust-rule-rows';
import { AppError } from '#core/errors';
import type { Mutation } from '#domain/events/mutation';
import type { TrustRule, TrustRuleDraft } from '#domain/federation/trust-rule';
import {
  MAX_RULES_OF_AUDIENCE,
  MAX_RULES_OF_PROJECT,
  type RulePage,
  type TrustRuleStore,
} from '#domain/federation/trust-rule-store';

export class D1TrustRuleStore implements TrustRuleStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async list(projectId: number, { offset, limit }: RulePage) {
    const [listed, counted] = await runBatch(this.#db, [
      this.#db
        .prepare(`${SELECT_RULE} where r.project_id = ? order by r.id limit ? offset ?`)
        .bind(projectId, limit, offset),
      this.#db.prepare('select count(*) as total from trust_rules where project_id = ?').bind(projectId),
    ]);
    return {
      items: ((listed?.results ?? []) as TrustRuleRow[]).map(toTrustRule),
      total: ((counted?.results ?? []) as { total: number }[])[0]?.total ?? 0,
    };
  }

  async find(projectId: number, ruleId: number): Promise<TrustRule | undefined> {
    const query = this.#db.prepare(`${SELECT_RULE} where r.id = ? and r.project_id = ?`).bind(ruleId, projectId);
    const row = await withRetries(() => query.first<TrustRuleRow>());
    return row ? toTrustRule(row) : undefined;
  }

  async findSecurityVersion(ruleId: number): Promise<number | undefined> {
    const query = this.#db
      .prepare('select security_version from trust_rules where id = ? and is_disabled = 0')
      .bind(ruleId);
    return (await withRetries(() => query.first<number>('security_version'))) ?? undefined;
  }

  async listTrusting(issuer: string, audiences: readonly string[]): Promise<readonly TrustRule[]> {
    const query = this.#db
      .prepare(
        `${SELECT_RULE} where r.issuer = ? and r.audience in (select value from json_each(?)) and r.is_disabled = 0
           order by r.id limit ?`,
      )
      .bind(issuer, JSON.stringify(audiences), MAX_RULES_OF_AUDIENCE * audiences.length);
    const { results } = await withRetries(() => query.all<TrustRuleRow>());
    return results.map(toTrustRule);
  }

  async insert(projectId: number, draft: TrustRuleDraft, mutation: Mutation): Promise<number> {
    const { nowMs } = mutation;
    await this.#run(draft, [
      ...mutationStatements(this.#db, mutation),
      guardProject(this.#db, projectId),
      ...this.#guardRoom(projectId, draft, 0),
      guard(
        this.#db,
        'TOO_MANY_RULES',
        '(select count(*) from trust_rules where project_id = ?) < ?',
        projectId,
        MAX_RULES_OF_PROJECT,
      ),
      this.#db
        .prepare(
          `insert into trust_rules (project_id, name, description, issuer, audience, conditions, permissions,
             lifetime_seconds, is_disabled, created_at_ms, updated_at_ms) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .bind(projectId, ...columnsOf(draft), nowMs, nowMs),
    ]);
    const query = this.#db
      .prepare('select id from trust_rules where project_id = ? and name = ?')
      .bind(projectId, draft.name);
    const id = await withRetries(() => query.first<number>('id'));
    if (id === null)
      throw new AppError('CONFLICT', { message: `trust rule ${draft.name} was deleted as it was created` });
    return id;
  }

  async update(rule: TrustRule, draft: TrustRuleDraft, mutation: Mutation): Promise<void> {
    await this.#run(draft, [
      ...mutationStatements(this.#db, mutation),
      this.#guardRule(rule),
      ...this.#guardRoom(rule.projectId, draft, rule.id),
      this.#db
        .prepare(
          `update trust_rules set name = ?, description = ?, issuer = ?, audience = ?, conditions = ?, permissions = ?,
             lifetime_seconds = ?, is_disabled = ?, updated_at_ms = ?, security_version = security_version + 1
             where id = ?`,
        )
        .bind(...columnsOf(draft), mutation.nowMs, rule.id),
      this.#renewProject(rule.projectId),
    ]);
  }

  async delete(rule: TrustRule, mutation: Mutation): Promise<void> {
    await this.#run(rule, [
      ...mutationStatements(this.#db, mutation),
      this.#guardRule(rule),
      this.#db.prepare('delete from trust_rules where id = ?').bind(rule.id),
      this.#renewProject(rule.projectId),
    ]);
  }

  /** The name is free in the project, and the login that reads all rules of the audience can still do so. */
  #guardRoom(projectId: number, { name, issuer, audience }: TrustRuleDraft, ownId: number): D1PreparedStatement[] {
    return [
      guard(
        this.#db,
        'RULE_TAKEN',
        'not exists (select 1 from trust_rules where project_id = ? and name = ? and id <> ?)',
        projectId,
        name,
        ownId,
      ),
      guard(
        this.#db,
        'TOO_MANY_RULES',
        '(select count(*) from trust_rules where issuer = ? and audience = ? and id <> ?) < ?',
        issuer,
        audience,
        ownId,
        MAX_RULES_OF_AUDIENCE,
      ),
    ];
  }

  #guardRule({ id, projectId }: TrustRule): D1PreparedStatement {
    const condition = 'exists (select 1 from trust_rules where id = ? and project_id = ?)';
    return guard(this.#db, 'RULE_GONE', condition, id, projectId);
  }

  /** Voids what tokens grant in the project: those of other rules than their first one name no rule. */
  #renewProject(projectId: number): D1PreparedStatement {
    return this.#db.prepare('update projects set security_version = security_version + 1 where id = ?').bind(projectId);
  }

  #run(draft: TrustRuleDraft, statements: D1PreparedStatement[]): Promise<void> {
    return runGuarded(this.#db, statements, refusalsOf(draft));
  }
}

/** In the order of the table, from `name` to `is_disabled`. */
function columnsOf(draft: TrustRuleDraft): readonly (string | number)[] {
  return [
    draft.name,
    draft.description,
    draft.issuer,
    draft.audience,
    JSON.stringify(draft.conditions.map(({ claim, pattern }) => ({ claim, pattern }))),
    JSON.stringify(draft.permissions.map(({ repositoryPattern, access }) => ({ repositoryPattern, access }))),
    draft.lifetimeSeconds,
    draft.isDisabled ? 1 : 0,
  ];
}

function refusalsOf({ name, audience }: TrustRuleDraft): Refusals {
  return {
    RULE_TAKEN: ['CONFLICT', `the project has a trust rule named ${name}`],
    RULE_GONE: ['NOT_FOUND', `trust rule ${name} not found`],
    TOO_MANY_RULES: [
      'PRECONDITION',
      `a project has at most ${MAX_RULES_OF_PROJECT} trust rules, and an audience of one issuer ${MAX_RULES_OF_AUDIENCE}; take another one than ${audience}`,
    ],
    PROJECT_GONE: ['NOT_FOUND', 'the project was deleted'],
  };
}
