import { runBatch, withRetries } from '#adapters/d1/batch';
import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard, guardProject } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import {
  conditionOf,
  type ProjectRow,
  SELECT_PROJECT,
  type SummaryRow,
  selectRoles,
  selectSummary,
  toProject,
  toSummary,
} from '#adapters/d1/project-rows';
import { AppError } from '#core/errors';
import { ROLES, type Role } from '#core/rbac/role-matrix';
import type { Mutation } from '#domain/events/mutation';
import type { Project } from '#domain/projects/project';
import type {
  NewProject,
  ProjectFilter,
  ProjectPage,
  ProjectStore,
  ProjectSummary,
} from '#domain/projects/project-store';

/** A filtered total is counted no further than this. */
const MAX_COUNTED = 10_000;
const COLUMN_OF = { name: 'p.name', creation_time: 'p.created_at_ms', update_time: 'p.updated_at_ms' } as const;

export class D1ProjectStore implements ProjectStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async findByNames(names: readonly string[]): Promise<readonly Project[]> {
    const query = this.#db
      .prepare(`${SELECT_PROJECT} where p.name in (select value from json_each(?)) and p.deleted_at_ms is null`)
      .bind(JSON.stringify(names));
    const { results } = await withRetries(() => query.all<ProjectRow>());
    return results.map(toProject);
  }

  async findById(id: number): Promise<Project | undefined> {
    const query = this.#db.prepare(`${SELECT_PROJECT} where p.id = ? and p.deleted_at_ms is null`).bind(id);
    const row = await withRetries(() => query.first<ProjectRow>());
    return row ? toProject(row) : undefined;
  }

  async rolesOf(userId: number, projectId: number): Promise<readonly Role[]> {
    const query = this.#db.prepare(selectRoles('?1', '?2')).bind(userId, projectId);
    const { results } = await withRetries(() => query.all<{ role: Role }>());
    return results.map((row) => row.role);
  }

  async isAdministratorOfAny(userId: number): Promise<boolean> {
    const query = this.#db
      .prepare(
        `select 1 from project_members where role = ?2 and (user_id = ?1
           or group_id in (select group_id from user_group_members where user_id = ?1)) limit 1`,
      )
      .bind(userId, ROLES.projectAdmin);
    return (await withRetries(() => query.first())) !== null;
  }

  async summarize(project: Project, callerId: number | undefined): Promise<ProjectSummary> {
    const query = this.#db.prepare(`${selectSummary('?1')} where p.id = ?2`).bind(callerId ?? null, project.id);
    const row = await withRetries(() => query.first<SummaryRow>());
    if (!row) throw new AppError('NOT_FOUND', { message: `project ${project.name} not found` });
    return toSummary(row);
  }

  async list(filter: ProjectFilter, page: ProjectPage) {
    const { sql, bindings } = conditionOf(filter);
    const caller = `?${bindings.length + 1}`;
    const direction = page.isDescending ? 'desc' : 'asc';
    const rows = this.#db
      .prepare(
        `${selectSummary(caller)} where ${sql} order by ${COLUMN_OF[page.orderBy]} ${direction}, p.id ${direction}
           limit ? offset ?`,
      )
      .bind(...bindings, filter.memberId ?? null, page.limit, page.offset);
    const count = this.#db
      .prepare(`select count(*) total from (${SELECT_PROJECT} where ${sql} limit ${MAX_COUNTED})`)
      .bind(...bindings);
    const [listed, counted] = await runBatch(this.#db, [rows, count]);
    return {
      items: ((listed?.results ?? []) as SummaryRow[]).map(toSummary),
      total: ((counted?.results ?? []) as { total: number }[])[0]?.total ?? 0,
    };
  }

  async insert(project: NewProject, mutation: Mutation): Promise<Project> {
    const { name, ownerId, isPublic, metadata } = project;
    const { nowMs } = mutation;
    const created = '(select id from projects where name = ?)';
    await this.#run(name, [
      ...mutationStatements(this.#db, mutation),
      guard(this.#db, 'NAME_TAKEN', 'not exists (select 1 from projects where name = ?)', name),
      this.#db
        .prepare(
          'insert into projects (name, owner_id, is_public, created_at_ms, updated_at_ms) values (?, ?, ?, ?, ?)',
        )
        .bind(name, ownerId, isPublic ? 1 : 0, nowMs, nowMs),
      this.#db
        .prepare(`insert into project_members (project_id, user_id, role, created_at_ms) values (${created}, ?, ?, ?)`)
        .bind(name, ownerId, ROLES.projectAdmin, nowMs),
      this.#db
        .prepare(
          `insert into project_metadata (project_id, name, value) select ${created}, key, value from json_each(?)`,
        )
        .bind(name, JSON.stringify(metadata)),
      // The id is known only now; the project's own log begins with its creation.
      this.#db
        .prepare(`update audit_log set project_id = ${created} where operation_id = ?`)
        .bind(name, mutation.operationId),
    ]);
    const [inserted] = await this.findByNames([name]);
    if (!inserted) throw new AppError('CONFLICT', { message: `project ${name} was deleted as it was created` });
    return inserted;
  }

  async delete(project: Project, mutation: Mutation): Promise<void> {
    const { id } = project;
    const { nowMs } = mutation;
    await this.#run(project.name, [
      ...mutationStatements(this.#db, mutation),
      guardProject(this.#db, id),
      guard(
        this.#db,
        'PROJECT_NOT_EMPTY',
        'not exists (select 1 from repositories where project_id = ? and published_at_ms is not null)',
        id,
      ),
      // Links of blobs that no manifest ever needed: dropping them leaves the blobs to garbage collection.
      this.#db
        .prepare(
          'delete from repository_blobs where repository_id in (select id from repositories where project_id = ?)',
        )
        .bind(id),
      this.#db.prepare('delete from repositories where project_id = ?').bind(id),
      this.#db
        .prepare(
          'delete from robot_permissions where project_id = ?1 or robot_id in (select id from robots where project_id = ?1)',
        )
        .bind(id),
      this.#db.prepare('delete from robots where project_id = ?').bind(id),
      this.#db.prepare('delete from project_members where project_id = ?').bind(id),
      this.#db.prepare('delete from project_metadata where project_id = ?').bind(id),
      this.#db.prepare('delete from trust_rules where project_id = ?').bind(id),
      this.#db.prepare('delete from quotas where project_id = ?').bind(id),
      this.#db
        .prepare(
          `update projects set name = name || '#' || id, deleted_at_ms = ?1, updated_at_ms = ?1,
             security_version = security_version + 1 where id = ?2`,
        )
        .bind(nowMs, id),
    ]);
  }

  /** The audit row comes first, so that it and no guard stops a batch that has been committed before. */
  #run(name: string, statements: D1PreparedStatement[]): Promise<void> {
    return runGuarded(this.#db, statements, refusalsOf(name));
  }
}

function refusalsOf(name: string): Refusals {
  return {
    NAME_TAKEN: ['CONFLICT', `The project named ${name} already exists`],
    PROJECT_NOT_EMPTY: ['PRECONDITION', 'the project contains repositories, can not be deleted'],
    PROJECT_GONE: ['NOT_FOUND', `project ${name} not found`],
  };
}
