import { runBatch } from '#adapters/d1/batch';
import { conditions } from '#adapters/d1/conditions';
import { GuardFailed, guard, guardProject } from '#adapters/d1/guards';
import { guardJudgement } from '#adapters/d1/immutability-guard';
import { mutationStatements } from '#adapters/d1/mutation';
import { listPage } from '#adapters/d1/page';
import { underLease } from '#adapters/d1/repository-lease';
import { TRASH_TAG } from '#adapters/d1/trash-statements';
import { AppError } from '#core/errors';
import { projectOf, type RepositoryName, withinProject } from '#core/reference';
import type { ArtifactTag } from '#domain/artifacts/artifact';
import type { TagCreation, TagDeletion, TagFilter, TagPage, TagStore } from '#domain/tags/tag-store';

interface TagRow {
  id: number;
  name: string;
  pushed_at_ms: number;
  pulled_at_ms: number | null;
}

const COLUMN_OF = { id: 't.id', name: 't.name', push_time: 't.pushed_at_ms', pull_time: 't.pulled_at_ms' } as const;

const REPOSITORY = `
  select r.id from repositories r join projects p on p.id = r.project_id
  where p.name = ?1 and r.name = ?2 and r.published_at_ms is not null`;

export class D1TagStore implements TagStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async list(
    repository: RepositoryName,
    limit: number,
    last: string | undefined,
  ): Promise<readonly string[] | undefined> {
    const names = [projectOf(repository), withinProject(repository)];
    const tags = `select t.name from tags t where t.repository_id = (${REPOSITORY}) and t.name > ?3 order by t.name limit ?4`;
    const [repositories, page] = await runBatch(this.#db, [
      this.#db.prepare(REPOSITORY).bind(...names),
      this.#db.prepare(tags).bind(...names, last ?? '', limit),
    ]);
    if (repositories?.results.length === 0) return undefined;
    return (page?.results ?? []).map((row) => (row as { name: string }).name);
  }

  async listOfArtifact(
    artifactId: number,
    filter: TagFilter,
    page: TagPage,
  ): Promise<{ readonly items: readonly ArtifactTag[]; readonly total: number }> {
    const where = conditions(['t.artifact_id = ?1'], [artifactId])
      .matching('t.id', filter.id)
      .matching('t.name', filter.name)
      .matching('t.pushed_at_ms', filter.push_time)
      .matching('t.pulled_at_ms', filter.pull_time);
    const { rows, total } = await listPage<TagRow>(this.#db, {
      select: 'select t.id, t.name, t.pushed_at_ms, t.pulled_at_ms from tags t',
      where,
      order: { column: COLUMN_OF[page.orderBy], isDescending: page.isDescending, tieBreaker: 't.id' },
      page,
    });
    return { items: rows.map(toTag), total };
  }

  async create(creation: TagCreation): Promise<void> {
    const { projectId, repositoryId, lockToken, digest, tag, mutation } = creation;
    const db = this.#db;
    const isKnown = 'exists (select 1 from artifacts where repository_id = ? and digest = ?)';
    const isFree = 'not exists (select 1 from tags where repository_id = ? and name = ?)';
    const insert = `insert into tags (repository_id, artifact_id, name, pushed_at_ms)
      select repository_id, id, ?3, ?4 from artifacts where repository_id = ?1 and digest = ?2`;
    const statements = [
      ...mutationStatements(db, mutation),
      guardProject(db, projectId),
      ...underLease(db, { repositoryId, lockToken, nowMs: mutation.nowMs }),
      guard(db, 'ARTIFACT_GONE', isKnown, repositoryId, digest),
      guard(db, 'TAG_TAKEN', isFree, repositoryId, tag),
      db.prepare(insert).bind(repositoryId, digest, tag, mutation.nowMs),
    ];
    await runBatch(db, statements).catch((error) => {
      throw error instanceof GuardFailed ? refusalOfCreation(error, creation) : error;
    });
  }

  async delete(deletion: TagDeletion): Promise<void> {
    const { repositoryId, lockToken, tag, digest, judgement, mutation } = deletion;
    try {
      await runBatch(this.#db, [
        ...mutationStatements(this.#db, mutation),
        ...underLease(this.#db, { repositoryId, lockToken, nowMs: mutation.nowMs }),
        guard(
          this.#db,
          'TAG_GONE',
          `exists (select 1 from tags t join artifacts a on a.id = t.artifact_id
             where t.repository_id = ?1 and t.name = ?2 and (?3 is null or a.digest = ?3))`,
          repositoryId,
          tag,
          digest ?? null,
        ),
        ...guardJudgement(this.#db, repositoryId, judgement),
        this.#db.prepare(TRASH_TAG).bind(repositoryId, tag, mutation.actor.username, mutation.nowMs),
        this.#db.prepare('delete from tags where repository_id = ? and name = ?').bind(repositoryId, tag),
      ]);
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
      throw error.code === 'TAG_GONE'
        ? new AppError('MANIFEST_UNKNOWN', { cause: error })
        : new AppError('SERVICE_UNAVAILABLE', { cause: error, retryAfterSeconds: 1 });
    }
  }
}

function refusalOfCreation(cause: GuardFailed, { repositoryId, tag, digest }: TagCreation): AppError {
  switch (cause.code) {
    case 'TAG_TAKEN':
      return new AppError('CONFLICT', {
        message: `tag ${tag} already exists under the repository ${repositoryId}`,
        cause,
      });
    case 'LOCK_LOST':
      return new AppError('SERVICE_UNAVAILABLE', { cause, retryAfterSeconds: 1 });
    default:
      return new AppError('NOT_FOUND', { message: `artifact ${digest} not found`, cause });
  }
}

function toTag({ id, name, pushed_at_ms: pushedAtMs, pulled_at_ms: pulledAtMs }: TagRow): ArtifactTag {
  return { id, name, pushedAtMs, pulledAtMs: pulledAtMs ?? undefined };
}
