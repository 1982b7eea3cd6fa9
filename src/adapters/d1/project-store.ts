import { withRetries } from '#adapters/d1/batch';
import { putAllowlist } from '#adapters/d1/cve-allowlist-rows';
import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard, guardProject, guardUser } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { projectRemovals } from '#adapters/d1/project-removals';
import { renameProject } from '#adapters/d1/project-rename';
import {
  type ProjectRow,
  SELECT_PROJECT,
  selectProjectColumns,
  selectProjectId,
  selectRoles,
  toProject,
} from '#adapters/d1/project-rows';
import { AppError } from '#core/errors';
import { ROLES, type Role } from '#core/rbac/role-matrix';
import type { Mutation } from '#domain/events/mutation';
import type { Project } from '#domain/projects/project';
import type { NewProject, ProjectChange, ProjectStore } from '#domain/projects/project-store';

/** Projects by their names, present or not, each with the name it was asked for. */
const FIND_BY_NAMES = `${selectProjectColumns('w.value asked')}
  from json_each(?1) w cross join projects p on p.id = ${selectProjectId('w.value', '?2')}
  join users u on u.id = p.owner_id where p.deleted_at_ms is null`;

export class D1ProjectStore implements ProjectStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async findByNames(names: readonly string[], nowMs: number): Promise<ReadonlyMap<string, Project>> {
    const query = this.#db.prepare(FIND_BY_NAMES).bind(JSON.stringify(names), nowMs);
    const { results } = await withRetries(() => query.all<ProjectRow & { readonly asked: string }>());
    return new Map(results.map((row) => [row.asked, toProject(row)]));
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

  async idsWithRole(userId: number, roles: readonly Role[], limit: number): Promise<readonly number[]> {
    const query = this.#db
      .prepare(
        `select project_id from project_members where role in (select value from json_each(?2)) and (user_id = ?1
           or group_id in (select group_id from user_group_members where user_id = ?1))
           group by project_id order by max(id) desc limit ?3`,
      )
      .bind(userId, JSON.stringify(roles), limit);
    const { results } = await withRetries(() => query.all<{ project_id: number }>());
    return results.map((row) => row.project_id);
  }

  async insert(project: NewProject, mutation: Mutation): Promise<Project> {
    const { name, ownerId, isPublic, storageLimitBytes } = project;
    const { nowMs } = mutation;
    const created = '(select id from projects where name = ?1)';
    await this.#run(name, [
      ...mutationStatements(this.#db, mutation),
      guardUser(this.#db, ownerId),
      guard(this.#db, 'NAME_TAKEN', 'not exists (select 1 from projects where name = ?)', name),
      guard(
        this.#db,
        'NAME_IS_ALIAS',
        'not exists (select 1 from project_aliases where name = ? and expires_at_ms > ?)',
        name,
        nowMs,
      ),
      this.#db
        .prepare(
          'insert into projects (name, owner_id, is_public, created_at_ms, updated_at_ms) values (?, ?, ?, ?, ?)',
        )
        .bind(name, ownerId, isPublic ? 1 : 0, nowMs, nowMs),
      this.#db
        .prepare(
          `insert into project_members (project_id, user_id, role, created_at_ms) values (${created}, ?2, ?3, ?4)`,
        )
        .bind(name, ownerId, ROLES.projectAdmin, nowMs),
      ...this.#settings({ sql: created, binding: name }, project, nowMs),
      // The quota has come with the project.
      this.#db
        .prepare(`update quotas set hard_bytes = ?2 where project_id = ${created}`)
        .bind(name, storageLimitBytes ?? -1),
      // The id is known only now; the project's own log begins with its creation.
      this.#db
        .prepare(`update audit_log set project_id = ${created} where operation_id = ?2`)
        .bind(name, mutation.operationId),
    ]);
    const inserted = (await this.findByNames([name], nowMs)).get(name);
    if (!inserted) throw new AppError('CONFLICT', { message: `project ${name} was deleted as it was created` });
    return inserted;
  }

  async rename(project: Project, name: string, aliasExpiresAtMs: number, mutation: Mutation): Promise<void> {
    await this.#run(name, [
      ...mutationStatements(this.#db, mutation),
      ...renameProject(this.#db, { project, name, aliasExpiresAtMs, nowMs: mutation.nowMs }),
    ]);
  }

  async update(project: Project, change: ProjectChange, mutation: Mutation): Promise<void> {
    const { id, name } = project;
    const visibility = change.isPublic === undefined ? null : Number(change.isPublic);
    await this.#run(name, [
      ...mutationStatements(this.#db, mutation),
      guardProject(this.#db, id),
      // Who could read a public project without a role is not to do so any longer.
      this.#db
        .prepare(
          `update projects set security_version = security_version + (is_public > coalesce(?2, is_public)),
             is_public = coalesce(?2, is_public), updated_at_ms = ?3 where id = ?1`,
        )
        .bind(id, visibility, mutation.nowMs),
      ...this.#settings({ sql: '?1', binding: id }, change, mutation.nowMs),
    ]);
  }

  async delete(project: Project, mutation: Mutation): Promise<void> {
    await this.#run(project.name, [
      ...mutationStatements(this.#db, mutation),
      guardProject(this.#db, project.id),
      guard(
        this.#db,
        'PROJECT_NOT_EMPTY',
        // One that is being removed in slices has a `#` in its name (adapters/d1/repository-removal.ts).
        `not exists (select 1 from repositories where project_id = ?
           and (published_at_ms is not null or instr(name, '#') > 0))`,
        project.id,
      ),
      ...projectRemovals(this.#db, project.id, mutation.nowMs),
    ]);
  }

  /** Sets what is kept beside a project; `id` is SQL over `?1`. */
  #settings(
    id: { readonly sql: string; readonly binding: string | number },
    { metadata, allowlist }: ProjectChange,
    nowMs: number,
  ): D1PreparedStatement[] {
    const entries = this.#db
      .prepare(
        `insert into project_metadata (project_id, name, value) select ${id.sql}, key, value from json_each(?2) where true
           on conflict (project_id, name) do update set value = excluded.value`,
      )
      .bind(id.binding, JSON.stringify(metadata));
    return allowlist ? [entries, putAllowlist(this.#db, id, allowlist, nowMs)] : [entries];
  }

  /** The audit row comes first, so that it and no guard stops a batch that has been committed before. */
  #run(name: string, statements: D1PreparedStatement[]): Promise<void> {
    return runGuarded(this.#db, statements, refusalsOf(name));
  }
}

function refusalsOf(name: string): Refusals {
  return {
    USER_GONE: ['UNAUTHORIZED', 'the account that would own the project is gone'],
    NAME_TAKEN: ['CONFLICT', `The project named ${name} already exists`],
    NAME_IS_ALIAS: ['CONFLICT', `${name} is still an alias of a project that was renamed`],
    NAME_TOO_LONG: ['CONFLICT', `with the name ${name} the full name of a repository would exceed 255 characters`],
    NAME_CHANGED: ['CONFLICT', 'the project has just been renamed'],
    PROJECT_NOT_EMPTY: ['PRECONDITION', 'the project contains repositories, can not be deleted'],
    PROJECT_GONE: ['NOT_FOUND', `project ${name} not found`],
  };
}
