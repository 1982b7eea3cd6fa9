import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard, guardProject } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import type { Mutation } from '#domain/events/mutation';
import type { Project } from '#domain/projects/project';
import { absentMetadata, type MetadataKey, takenMetadata } from '#domain/projects/project-metadata';
import type { ProjectMetadataStore } from '#domain/projects/project-metadata-store';

const IS_SET = 'exists (select 1 from project_metadata where project_id = ?1 and name = ?2)';

export class D1ProjectMetadataStore implements ProjectMetadataStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  add(project: Project, key: MetadataKey, value: string, mutation: Mutation): Promise<void> {
    return this.#run(project, key, mutation, [
      guard(this.#db, 'METADATA_TAKEN', `not ${IS_SET}`, project.id, key),
      this.#db
        .prepare('insert into project_metadata (project_id, name, value) values (?, ?, ?)')
        .bind(project.id, key, value),
    ]);
  }

  remove(project: Project, key: string, mutation: Mutation): Promise<void> {
    return this.#run(project, key, mutation, [
      guard(this.#db, 'METADATA_GONE', IS_SET, project.id, key),
      this.#db.prepare('delete from project_metadata where project_id = ? and name = ?').bind(project.id, key),
    ]);
  }

  #run(project: Project, key: string, mutation: Mutation, statements: readonly D1PreparedStatement[]): Promise<void> {
    const refusals: Refusals = {
      PROJECT_GONE: ['NOT_FOUND', `project ${project.name} not found`],
      METADATA_TAKEN: ['CONFLICT', takenMetadata(project, key)],
      METADATA_GONE: ['NOT_FOUND', absentMetadata(project, key)],
    };
    const touched = this.#db
      .prepare('update projects set updated_at_ms = ? where id = ?')
      .bind(mutation.nowMs, project.id);
    return runGuarded(
      this.#db,
      [...mutationStatements(this.#db, mutation), guardProject(this.#db, project.id), ...statements, touched],
      refusals,
    );
  }
}
