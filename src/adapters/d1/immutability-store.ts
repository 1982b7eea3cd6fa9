import { findDeleted } from '#adapters/d1/artifact-deletion';
import { withRetries } from '#adapters/d1/batch';
import { rulesInForce } from '#adapters/d1/immutability-guard';
import { OVERWRITTEN_TAGS } from '#adapters/d1/overwritten-tags';
import { jsonSlices } from '#adapters/d1/value-limits';
import type { Digest } from '#core/digest';
import type { ImmutabilityStore } from '#domain/immutability/immutability-store';
import type { RulesInForce } from '#domain/immutability/judgement';
import type { TagDeed } from '#domain/immutability/tag-deed';

const REPOSITORY = `select r.name, ${rulesInForce('r.project_id')} as rules from repositories r where r.id = ?`;

/** A page of what `?1` says, after `?2`, of `?3` at most; what is asked for comes behind. */
const OF_REPOSITORY = 'select t.name from tags t where t.repository_id = ?1 and t.name > ?2 order by t.name limit ?3';

/** Tags in the JSON list `?4` that name another artifact than `?5`. */
const NAMING_ANOTHER = `
  select t.name from json_each(?4) d
  cross join tags t on t.repository_id = ?1 and t.name = d.value
  cross join artifacts a on a.id = t.artifact_id and a.digest <> ?5
  where t.name > ?2 order by t.name limit ?3`;

/** The tag `?4`, if it is there, and of the artifact `?5` where that is said. */
const ONE_TAG = `
  select t.name from tags t join artifacts a on a.id = t.artifact_id
  where t.repository_id = ?1 and t.name > ?2 and t.name = ?4 and (?5 is null or a.digest = ?5) limit ?3`;

const OF_ARTIFACTS = `
  select t.name from json_each(?1) d cross join tags t on t.artifact_id = d.value
  where t.name > ?2 order by t.name limit ?3`;

const OVERWRITTEN = `select t.name from ${OVERWRITTEN_TAGS} where t.name > ?4 order by t.name limit ?5`;

export class D1ImmutabilityStore implements ImmutabilityStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async rulesOfProject(projectId: number): Promise<RulesInForce> {
    const query = this.#db.prepare(`select ${rulesInForce('?')} as rules`).bind(projectId);
    return (await withRetries(() => query.first<RulesInForce>('rules'))) as RulesInForce;
  }

  async findRepository(repositoryId: number) {
    const query = this.#db.prepare(REPOSITORY).bind(repositoryId);
    const row = await withRetries(() => query.first<{ name: string; rules: RulesInForce }>());
    return row ? { nameInProject: row.name, rules: row.rules } : undefined;
  }

  affectedTags(repositoryId: number, deed: TagDeed, after: string, limit: number): Promise<readonly string[]> {
    const window = [after, limit] as const;
    switch (deed.kind) {
      case 'push':
      case 'restore':
        return this.#names(NAMING_ANOTHER, repositoryId, ...window, JSON.stringify(deed.tags), deed.digest);
      case 'delete-tag':
        return this.#names(ONE_TAG, repositoryId, ...window, deed.tag, deed.digest ?? null);
      case 'delete-artifact':
        return this.#deletedTags(repositoryId, deed.digest, window);
      case 'delete-repository':
      case 'move-repository':
        return this.#names(OF_REPOSITORY, repositoryId, ...window);
      case 'copy':
        return this.#overwrittenTags(repositoryId, deed, window);
    }
  }

  /** Those of what goes along, too. */
  async #deletedTags(repositoryId: number, digest: Digest, window: readonly [string, number]) {
    const artifacts = await findDeleted(this.#db, repositoryId, [digest]);
    return this.#names(OF_ARTIFACTS, JSON.stringify(artifacts.map(({ id }) => id)), ...window);
  }

  async #overwrittenTags(
    repositoryId: number,
    { sourceRepositoryId, digests }: TagDeed & { kind: 'copy' },
    [after, limit]: readonly [string, number],
  ) {
    const names: string[] = [];
    for (const { json } of jsonSlices(digests)) {
      names.push(...(await this.#names(OVERWRITTEN, sourceRepositoryId, json, repositoryId, after, limit)));
    }
    return names.sort().slice(0, limit);
  }

  async #names(sql: string, ...bindings: readonly unknown[]): Promise<readonly string[]> {
    const query = this.#db.prepare(sql).bind(...bindings);
    const { results } = await withRetries(() => query.all<{ name: string }>());
    return results.map(({ name }) => name);
  }
}
