import { withRetries } from '#adapters/d1/batch';
import { conditions, containing } from '#adapters/d1/conditions';
import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard, guardProject } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { listPage } from '#adapters/d1/page';
import { selectProjectId } from '#adapters/d1/project-rows';
import { type RobotRow, SELECT_ROBOT, toRobot } from '#adapters/d1/robot-rows';
import { AppError } from '#core/errors';
import type { RobotPermission } from '#core/rbac/robot-permissions';
import type { Mutation } from '#domain/events/mutation';
import type { Robot } from '#domain/robots/robot';
import type { NewRobot, RobotChange, RobotFilter, RobotPage, RobotStore } from '#domain/robots/robot-store';

const COLUMN_OF = {
  id: 'r.id',
  name: 'r.name',
  creation_time: 'r.created_at_ms',
  update_time: 'r.updated_at_ms',
  expires_at: 'r.expires_at_ms',
};

const REFUSALS: Refusals = {
  ROBOT_TAKEN: ['CONFLICT', 'a robot account with this name exists'],
  ROBOT_GONE: ['NOT_FOUND', 'robot account not found'],
  PROJECT_GONE: ['NOT_FOUND', 'project not found'],
};

export class D1RobotStore implements RobotStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  findById(id: number): Promise<Robot | undefined> {
    return this.#first('r.id = ?', id);
  }

  findByName(project: string | undefined, name: string, nowMs: number): Promise<Robot | undefined> {
    if (project === undefined) return this.#first('r.project_id = 0 and r.name = ?', name);
    return this.#first(`r.project_id = ${selectProjectId('?1', '?3')} and r.name = ?2`, project, name, nowMs);
  }

  async list(filter: RobotFilter, page: RobotPage) {
    const where = conditions(['r.project_id = ?1'], [filter.of === 'system' ? 0 : filter.of])
      .add((value) => `r.name = ${value}`, filter.name)
      .add(containing('r.name'), filter.nameContains);
    const order = { column: COLUMN_OF[page.orderBy], isDescending: page.isDescending, tieBreaker: 'r.id' };
    const { rows, total } = await listPage<RobotRow>(this.#db, { select: SELECT_ROBOT, where, order, page });
    return { items: rows.map(toRobot), total };
  }

  async insert(robot: NewRobot, mutation: Mutation): Promise<Robot> {
    const { name, projectId = 0 } = robot;
    const id = '(select id from robots where project_id = ?1 and name = ?2)';
    await this.#run(mutation, [
      ...(robot.projectId === undefined ? [] : [guardProject(this.#db, robot.projectId)]),
      guard(this.#db, 'ROBOT_TAKEN', `not exists ${id}`, projectId, name),
      this.#db
        .prepare(
          `insert into robots (project_id, name, description, secret_hash, duration_days, expires_at_ms, is_disabled,
             creator_type, creator_id, created_at_ms, updated_at_ms) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)`,
        )
        .bind(
          projectId,
          name,
          robot.description,
          robot.secretHash,
          robot.durationDays,
          robot.expiresAtMs ?? null,
          robot.isDisabled ? 1 : 0,
          robot.creator.type,
          robot.creator.id,
          mutation.nowMs,
        ),
      this.#insertPermissions(id, [projectId, name], robot.permissions),
    ]);
    const inserted = await this.#first('r.project_id = ? and r.name = ?', projectId, name);
    if (!inserted) throw new AppError('CONFLICT', { message: `robot ${name} was deleted as it was created` });
    return inserted;
  }

  async update(robot: Robot, change: RobotChange, mutation: Mutation): Promise<void> {
    await this.#run(mutation, [
      this.#guardRobot(robot),
      this.#db
        .prepare(
          `update robots set description = ?2, duration_days = ?3, expires_at_ms = ?4, is_disabled = ?5,
             updated_at_ms = ?6, security_version = security_version + 1 where id = ?1`,
        )
        .bind(
          robot.id,
          change.description,
          change.durationDays,
          change.expiresAtMs ?? null,
          change.isDisabled ? 1 : 0,
          mutation.nowMs,
        ),
      this.#db.prepare('delete from robot_permissions where robot_id = ?').bind(robot.id),
      this.#insertPermissions('?1', [robot.id], change.permissions),
    ]);
  }

  async replaceSecret(robot: Robot, secretHash: string, mutation: Mutation): Promise<void> {
    const update = this.#db
      .prepare(
        `update robots set secret_hash = ?2, updated_at_ms = ?3, security_version = security_version + 1 where id = ?1`,
      )
      .bind(robot.id, secretHash, mutation.nowMs);
    await this.#run(mutation, [this.#guardRobot(robot), update]);
  }

  async delete(robot: Robot, mutation: Mutation): Promise<void> {
    await this.#run(mutation, [
      this.#guardRobot(robot),
      this.#db.prepare('delete from robot_permissions where robot_id = ?').bind(robot.id),
      this.#db.prepare('delete from robots where id = ?').bind(robot.id),
    ]);
  }

  async #first(condition: string, ...bindings: (string | number)[]): Promise<Robot | undefined> {
    const query = this.#db.prepare(`${SELECT_ROBOT} where ${condition} limit 1`).bind(...bindings);
    const row = await withRetries(() => query.first<RobotRow>());
    return row ? toRobot(row) : undefined;
  }

  /** `id` is an SQL expression over the bindings. A project deleted meanwhile is left out, as deleting it would have. */
  #insertPermissions(id: string, bindings: unknown[], permissions: readonly RobotPermission[]): D1PreparedStatement {
    const rows = permissions.map((entry) =>
      entry.kind === 'system'
        ? { kind: entry.kind, access: entry.access }
        : { kind: entry.kind, project: entry.projectId, pattern: entry.repositoryPattern, access: entry.access },
    );
    return this.#db
      .prepare(
        `insert into robot_permissions (robot_id, kind, project_id, repository_pattern, access)
           select ${id}, json_extract(value, '$.kind'), json_extract(value, '$.project'), json_extract(value, '$.pattern'),
             json_extract(value, '$.access') from json_each(?${bindings.length + 1})
           where json_extract(value, '$.project') is null or exists (select 1 from projects p
             where p.id = json_extract(value, '$.project') and p.deleted_at_ms is null)`,
      )
      .bind(...bindings, JSON.stringify(rows));
  }

  #guardRobot({ id }: Robot): D1PreparedStatement {
    return guard(this.#db, 'ROBOT_GONE', 'exists (select 1 from robots where id = ?)', id);
  }

  #run(mutation: Mutation, statements: readonly D1PreparedStatement[]): Promise<void> {
    return runGuarded(this.#db, [...mutationStatements(this.#db, mutation), ...statements], REFUSALS);
  }
}
