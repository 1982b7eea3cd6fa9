import { runBatch } from '#adapters/d1/batch';
import { GuardFailed, guard } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { underLease } from '#adapters/d1/repository-lease';
import { TRASH_TAG } from '#adapters/d1/trash-statements';
import { AppError } from '#core/errors';
import { projectOf, type RepositoryName, withinProject } from '#core/reference';
import type { TagDeletion, TagStore } from '#domain/tags/tag-store';

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

  async delete(deletion: TagDeletion): Promise<void> {
    const { repositoryId, lockToken, tag, mutation } = deletion;
    try {
      await runBatch(this.#db, [
        ...mutationStatements(this.#db, mutation),
        ...underLease(this.#db, { repositoryId, lockToken, nowMs: mutation.nowMs }),
        guard(
          this.#db,
          'TAG_GONE',
          'exists (select 1 from tags where repository_id = ? and name = ?)',
          repositoryId,
          tag,
        ),
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
