import { guard, guardProject } from '#adapters/d1/guards';
import { MAX_REPOSITORY_NAME_LENGTH } from '#core/reference';
import type { Project } from '#domain/projects/project';

export interface ProjectRename {
  readonly project: Project;
  readonly name: string;
  readonly aliasExpiresAtMs: number;
  readonly nowMs: number;
}

/**
 * What gives a project another name: one row, and one for the alias. Only a longer name asks its repositories, in an index,
 * whether any would get too long a name.
 */
export function renameProject(db: D1Database, rename: ProjectRename): D1PreparedStatement[] {
  const { project, name, aliasExpiresAtMs, nowMs } = rename;
  const isLonger = name.length > project.name.length;
  const longest = MAX_REPOSITORY_NAME_LENGTH - name.length - 1;
  return [
    guardProject(db, project.id),
    guard(db, 'NAME_CHANGED', 'exists (select 1 from projects where id = ? and name = ?)', project.id, project.name),
    guard(db, 'NAME_TAKEN', 'not exists (select 1 from projects where name = ?)', name),
    guard(
      db,
      'NAME_IS_ALIAS',
      'not exists (select 1 from project_aliases where name = ? and project_id <> ? and expires_at_ms > ?)',
      name,
      project.id,
      nowMs,
    ),
    ...(isLonger
      ? [
          guard(
            db,
            'NAME_TOO_LONG',
            'not exists (select 1 from repositories where project_id = ? and length(name) > ?)',
            project.id,
            longest,
          ),
        ]
      : []),
    db.prepare('delete from project_aliases where name = ?').bind(name),
    db
      .prepare(
        `insert into project_aliases (name, project_id, expires_at_ms) values (?1, ?2, ?3)
           on conflict (name) do update set project_id = excluded.project_id, expires_at_ms = excluded.expires_at_ms`,
      )
      .bind(project.name, project.id, aliasExpiresAtMs),
    // Tokens that are for single repositories name them in full.
    db
      .prepare(
        'update projects set name = ?2, security_version = security_version + 1, updated_at_ms = ?3 where id = ?1',
      )
      .bind(project.id, name, nowMs),
  ];
}
