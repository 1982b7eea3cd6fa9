import { runBatch, withRetries } from '#adapters/d1/batch';
import { runGuarded } from '#adapters/d1/guarded-batch';
import { GuardFailed, guard, guardProject } from '#adapters/d1/guards';
import { guardJudgement } from '#adapters/d1/immutability-guard';
import { mutationStatements } from '#adapters/d1/mutation';
import { aliasMessage, LIVING_ALIAS } from '#adapters/d1/repository-aliases';
import { underLease } from '#adapters/d1/repository-lease';
import { moveRepository } from '#adapters/d1/repository-move';
import {
  detachRepository,
  findDetached,
  isLargerThan,
  removeRepository,
  removeSlice,
} from '#adapters/d1/repository-removal';
import { REPOSITORY_COLUMNS, type RepositoryRow, toRepository, toSummary } from '#adapters/d1/repository-rows';
import { AppError } from '#core/errors';
import { projectOf, type RepositoryName, withinProject } from '#core/reference';
import type { Mutation } from '#domain/events/mutation';
import type { Repository } from '#domain/repositories/repository';
import type { RepositoryMove, RepositoryStore, RepositorySummary } from '#domain/repositories/repository-store';

/** Artifacts, and links of blobs, that one batch deletes: about half a second's work. */
const MAX_REMOVED_AT_ONCE = 2_000;

const REPOSITORY = `select ${REPOSITORY_COLUMNS} from projects p join repositories r on r.project_id = p.id`;

const FIND = `${REPOSITORY} where p.name = ?1 and r.name = ?2`;

export class D1RepositoryStore implements RepositoryStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async find(name: RepositoryName): Promise<Repository | undefined> {
    const query = this.#db.prepare(FIND).bind(projectOf(name), withinProject(name));
    const row = await withRetries(() => query.first<RepositoryRow>());
    return row ? toRepository(row) : undefined;
  }

  async findSummary(name: RepositoryName): Promise<RepositorySummary | undefined> {
    const query = this.#db
      .prepare(`${FIND} and r.published_at_ms is not null`)
      .bind(projectOf(name), withinProject(name));
    const row = await withRetries(() => query.first<RepositoryRow>());
    return row ? toSummary(row) : undefined;
  }

  async ensure(projectId: number, name: RepositoryName, nowMs: number): Promise<Repository> {
    const within = withinProject(name);
    const known = await this.#findIn(projectId, within);
    if (known) return known;
    const db = this.#db;
    await runGuarded(
      db,
      [
        guardProject(db, projectId),
        guard(db, 'NAME_IS_ALIAS', `not exists (${LIVING_ALIAS})`, projectId, within, nowMs),
        db
          .prepare(
            `insert into repositories (project_id, name, created_at_ms, updated_at_ms) values (?1, ?2, ?3, ?3)
             on conflict do nothing`,
          )
          .bind(projectId, within, nowMs),
      ],
      { PROJECT_GONE: ['NAME_UNKNOWN', 'the project is gone'], NAME_IS_ALIAS: ['CONFLICT', aliasMessage(name)] },
    );
    const made = await this.#findIn(projectId, within);
    if (!made) throw new AppError('NAME_UNKNOWN');
    return made;
  }

  async move(move: RepositoryMove): Promise<void> {
    const statements = [...mutationStatements(this.#db, move.mutation), ...moveRepository(this.#db, move)];
    try {
      await runGuarded(this.#db, statements, {
        PROJECT_GONE: ['NOT_FOUND', 'the project is gone'],
        NAME_TAKEN: ['CONFLICT', `there is a repository ${move.name} already, or somebody has begun to push it`],
        NAME_IS_ALIAS: ['CONFLICT', aliasMessage(move.name)],
      });
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
      throw new AppError('SERVICE_UNAVAILABLE', { cause: error, retryAfterSeconds: 1 });
    }
  }

  /** By what does not change when the project is renamed. */
  async #findIn(projectId: number, name: string): Promise<Repository | undefined> {
    const query = this.#db.prepare(`${REPOSITORY} where r.project_id = ?1 and r.name = ?2`).bind(projectId, name);
    const row = await withRetries(() => query.first<RepositoryRow>());
    return row ? toRepository(row) : undefined;
  }

  async describe(repositoryId: number, description: string, mutation: Mutation): Promise<void> {
    const statements = [
      ...mutationStatements(this.#db, mutation),
      guard(
        this.#db,
        'REPOSITORY_GONE',
        'exists (select 1 from repositories where id = ? and published_at_ms is not null)',
        repositoryId,
      ),
      this.#db
        .prepare('update repositories set description = ?, updated_at_ms = ? where id = ?')
        .bind(description, mutation.nowMs, repositoryId),
    ];
    await runGuarded(this.#db, statements, { REPOSITORY_GONE: ['NOT_FOUND', 'the repository was deleted'] });
  }

  async delete(deletion: Parameters<RepositoryStore['delete']>[0]): Promise<void> {
    const { repositoryId, lockToken, judgement, mutation } = deletion;
    const size = isLargerThan(this.#db, repositoryId, MAX_REMOVED_AT_ONCE);
    const isLarge = (await withRetries(() => size.first<number>('larger'))) === 1;
    try {
      await runBatch(this.#db, [
        ...mutationStatements(this.#db, mutation),
        ...underLease(this.#db, { repositoryId, lockToken, nowMs: mutation.nowMs }),
        ...guardJudgement(this.#db, repositoryId, judgement),
        ...(isLarge ? detachRepository(this.#db, repositoryId) : removeRepository(this.#db, repositoryId)),
      ]);
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
      throw new AppError('SERVICE_UNAVAILABLE', { cause: error, retryAfterSeconds: 1 });
    }
  }

  async removeDetached(): Promise<boolean> {
    const id = await withRetries(() => findDetached(this.#db).first<number>('id'));
    if (id === null) return false;
    await runBatch(this.#db, removeSlice(this.#db, id, MAX_REMOVED_AT_ONCE));
    return true;
  }
}
