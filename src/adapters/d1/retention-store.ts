import { withRetries } from '#adapters/d1/batch';
import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard, guardProject } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { stopStatements } from '#adapters/d1/task-endings';
import { AppError } from '#core/errors';
import type { Mutation } from '#domain/events/mutation';
import { DEFAULT_POLICY_SCOPE, type RetentionDraft, type RetentionPolicy } from '#domain/retention/retention-policy';
import type { RetentionStore, RetentionTimes } from '#domain/retention/retention-store';

interface PolicyRow {
  readonly id: number;
  readonly project_id: number;
  /** JSON. */
  readonly rules: string;
  readonly cron: string | null;
  readonly due_at_ms: number | null;
}

type Scope = Pick<RetentionPolicy, 'id' | 'projectId'>;

const SELECT = `select rp.id, rp.project_id, rp.rules, s.cron, s.due_at_ms from retention_policies rp
  left join schedules s on s.vendor_type = 'RETENTION' and s.vendor_id = rp.id`;

/** Where a project's metadata say which policy it has. */
const METADATA_KEY = 'retention_id';
/** Runs forgotten in one statement, each with its tasks. */
const FORGOTTEN_AT_ONCE = 2;

const UNSCHEDULE = `delete from schedules where vendor_type = 'RETENTION' and vendor_id = ?`;
const OPEN_RUNS = `t.execution_id in (
  select e.id from executions e where e.vendor_type = 'RETENTION' and e.vendor_id = ?1 and e.ended_at_ms is null)`;

export class D1RetentionStore implements RetentionStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  find(id: number): Promise<RetentionPolicy | undefined> {
    return this.#find('rp.id = ?', id);
  }

  findOfProject(projectId: number): Promise<RetentionPolicy | undefined> {
    return this.#find('rp.project_id = ?', projectId);
  }

  async insert(projectId: number, draft: RetentionDraft, times: RetentionTimes | undefined, mutation: Mutation) {
    const isFree = 'not exists (select 1 from retention_policies where project_id = ?)';
    const insert = `insert into retention_policies (project_id, rules, created_at_ms, updated_at_ms) values (?1, ?2, ?3, ?3)`;
    const name = `insert into project_metadata (project_id, name, value)
      select project_id, '${METADATA_KEY}', id from retention_policies where project_id = ?
      on conflict (project_id, name) do update set value = excluded.value`;
    const isOfProject = projectId !== DEFAULT_POLICY_SCOPE;
    const statements = [
      ...mutationStatements(this.#db, mutation),
      ...(isOfProject ? [guardProject(this.#db, projectId)] : []),
      guard(this.#db, 'RETENTION_TAKEN', isFree, projectId),
      this.#db.prepare(insert).bind(projectId, JSON.stringify(draft.rules), mutation.nowMs),
      ...(isOfProject ? [this.#db.prepare(name).bind(projectId)] : []),
      ...(times ? [this.#schedule(projectId, times, mutation)] : []),
    ];
    const there = await this.findOfProject(projectId);
    await runGuarded(this.#db, statements, refusals({ id: there?.id ?? 0, projectId }));
    const made = await this.findOfProject(projectId);
    if (!made) throw new AppError('CONFLICT', { message: 'the policy was deleted as it was created' });
    return made.id;
  }

  async update(policy: Scope, { rules }: RetentionDraft, times: RetentionTimes | undefined, mutation: Mutation) {
    const { id, projectId } = policy;
    const update = this.#db
      .prepare('update retention_policies set rules = ?2, updated_at_ms = ?3 where id = ?1')
      .bind(id, JSON.stringify(rules), mutation.nowMs);
    await this.#run(policy, mutation, [
      update,
      times ? this.#schedule(projectId, times, mutation) : this.#db.prepare(UNSCHEDULE).bind(id),
    ]);
  }

  async delete(policy: Scope, stopLine: string, mutation: Mutation): Promise<void> {
    const { id, projectId } = policy;
    const run = (sql: string, ...bindings: readonly unknown[]) => this.#db.prepare(sql).bind(...bindings);
    await this.#run(policy, mutation, [
      ...stopStatements(this.#db, { condition: OPEN_RUNS, value: id }, stopLine, mutation.nowMs),
      run(UNSCHEDULE, id),
      run('delete from project_metadata where project_id = ? and name = ?', projectId, METADATA_KEY),
      run('delete from retention_policies where id = ?', id),
    ]);
    await this.#forgetRuns(id);
  }

  /** Nobody can ask for them any more, so that it does not matter if some are left. */
  async #forgetRuns(id: number): Promise<void> {
    const forget = this.#db
      .prepare(
        `delete from executions where id in (
           select id from executions where vendor_type = 'RETENTION' and vendor_id = ? order by id limit ${FORGOTTEN_AT_ONCE})`,
      )
      .bind(id);
    let changes = 1;
    while (changes > 0) changes = (await withRetries(() => forget.run())).meta.changes;
  }

  /** The schedule of the project's policy, which may be as new as the batch. */
  #schedule(projectId: number, { cron, dueAtMs }: RetentionTimes, mutation: Mutation): D1PreparedStatement {
    const put = `
      insert into schedules (vendor_type, vendor_id, cron_type, cron, parameters, operator, due_at_ms, created_at_ms,
        updated_at_ms)
      select 'RETENTION', id, 'Custom', ?2, '{}', ?3, ?4, ?5, ?5 from retention_policies where project_id = ?1
      on conflict (vendor_type, vendor_id) do update set cron = excluded.cron, operator = excluded.operator,
        due_at_ms = excluded.due_at_ms, updated_at_ms = excluded.updated_at_ms where cron <> excluded.cron`;
    return this.#db.prepare(put).bind(projectId, cron, mutation.actor.username, dueAtMs, mutation.nowMs);
  }

  #run(policy: Scope, mutation: Mutation, statements: readonly D1PreparedStatement[]): Promise<void> {
    const isThere = 'exists (select 1 from retention_policies where id = ? and project_id = ?)';
    const guarded = [
      ...mutationStatements(this.#db, mutation),
      guard(this.#db, 'RETENTION_GONE', isThere, policy.id, policy.projectId),
      ...statements,
    ];
    return runGuarded(this.#db, guarded, refusals(policy));
  }

  async #find(condition: string, value: number): Promise<RetentionPolicy | undefined> {
    const query = this.#db.prepare(`${SELECT} where ${condition}`).bind(value);
    const row = await withRetries(() => query.first<PolicyRow>());
    return row ? toPolicy(row) : undefined;
  }
}

function toPolicy(row: PolicyRow): RetentionPolicy {
  return {
    id: row.id,
    projectId: row.project_id,
    rules: JSON.parse(row.rules) as RetentionPolicy['rules'],
    cron: row.cron ?? '',
    dueAtMs: row.due_at_ms ?? undefined,
  };
}

/** In Harbor's words. */
function refusals({ id, projectId }: Scope): Refusals {
  return {
    PROJECT_GONE: ['BAD_REQUEST', `invalid Project id ${projectId}`],
    RETENTION_TAKEN: ['BAD_REQUEST', `project ${projectId} already has retention policy ${id}`],
    RETENTION_GONE: ['NOT_FOUND', `the retention policy id ${id} does not match`],
  };
}
