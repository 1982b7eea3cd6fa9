import { guard, guardProject, guardRepository } from '#adapters/d1/guards';
import { guardJudgement } from '#adapters/d1/immutability-guard';
import { underLease } from '#adapters/d1/repository-lease';
import type { RepositoryMove } from '#domain/repositories/repository-store';

/** Labels are a project's own: those of the one it leaves stay there. */
const DETACH_LABELS = `delete from artifact_labels
  where artifact_id in (select id from artifacts where repository_id = ?1)
    and label_id in (select id from labels where project_id = ?2)`;

/**
 * What gives a repository another name, or another project. Triggers move what is counted by project: blobs and with them
 * quotas, repositories, and the project that each artifact says.
 */
export function moveRepository(db: D1Database, move: RepositoryMove): D1PreparedStatement[] {
  const { repository, destinationId, name, aliasExpiresAtMs, lockToken } = move;
  const { id, projectId: sourceId, nameInProject: alias } = repository;
  const { nowMs } = move.mutation;
  const isOtherProject = destinationId !== sourceId;
  return [
    guardProject(db, destinationId),
    guardRepository(db, id, sourceId),
    guard(db, 'NAME_CHANGED', 'exists (select 1 from repositories where id = ? and name = ?)', id, alias),
    ...underLease(db, { repositoryId: id, lockToken, nowMs }),
    ...guardJudgement(db, id, move.judgement),
    guard(
      db,
      'NAME_TAKEN',
      'not exists (select 1 from repositories where project_id = ? and name = ?)',
      destinationId,
      name,
    ),
    guard(
      db,
      'NAME_IS_ALIAS',
      `not exists (select 1 from repository_aliases
         where project_id = ? and name = ? and repository_id <> ? and expires_at_ms > ?)`,
      destinationId,
      name,
      id,
      nowMs,
    ),
    db.prepare('delete from repository_aliases where project_id = ? and name = ?').bind(destinationId, name),
    db
      .prepare(
        `insert into repository_aliases (project_id, name, repository_id, expires_at_ms) values (?1, ?2, ?3, ?4)
           on conflict (project_id, name) do update
           set repository_id = excluded.repository_id, expires_at_ms = excluded.expires_at_ms`,
      )
      .bind(sourceId, alias, id, aliasExpiresAtMs),
    ...(isOtherProject ? [db.prepare(DETACH_LABELS).bind(id, sourceId)] : []),
    db
      .prepare('update repositories set project_id = ?2, name = ?3, updated_at_ms = ?4 where id = ?1')
      .bind(id, destinationId, name, nowMs),
    db
      .prepare('update projects set security_version = security_version + 1 where id in (?1, ?2)')
      .bind(sourceId, destinationId),
  ];
}
