import { ACCESSORY, withParts } from '#adapters/d1/artifact-parts';
import {
  type AccessoryRow,
  ARTIFACT,
  type ArtifactRow,
  LISTED_ARTIFACT,
  MEDIA_TYPE,
  toAccessory,
} from '#adapters/d1/artifact-rows';
import { isUnfiltered, searchOf } from '#adapters/d1/artifact-search';
import { withRetries } from '#adapters/d1/batch';
import { conditions } from '#adapters/d1/conditions';
import { listKeyedPage } from '#adapters/d1/page';
import { requireSearchable } from '#adapters/d1/search-bound';
import { type Keys, listFound, type Sought } from '#adapters/d1/sought-page';
import { projectOf, type Reference, type RepositoryName, withinProject } from '#core/reference';
import type { Accessory } from '#domain/artifacts/accessory';
import type { Artifact, ArtifactParts } from '#domain/artifacts/artifact';
import type { AccessoryOrder, ArtifactOrder } from '#domain/artifacts/artifact-query';
import type {
  AccessoryListing,
  ArtifactListing,
  ArtifactScope,
  ArtifactStore,
  Listed,
} from '#domain/artifacts/artifact-store';

const COLUMN_OF: Readonly<Record<ArtifactOrder, string>> = {
  push_time: 'a.pushed_at_ms',
  pull_time: 'a.pulled_at_ms',
  id: 'a.id',
  digest: 'a.digest',
  size: 'a.size_bytes',
  type: 'a.type',
  media_type: MEDIA_TYPE,
  manifest_media_type: 'a.manifest_media_type',
  artifact_type: 'a.artifact_type',
};

const ACCESSORY_COLUMN_OF: Readonly<Record<AccessoryOrder, string>> = {
  id: 'a.id',
  artifact_id: 'a.id',
  digest: 'a.digest',
  type: 'a.accessory_type',
  size: 'a.size_bytes',
  creation_time: 'a.pushed_at_ms',
};

const OF_SUBJECT = ['a.repository_id = ?1', 'a.accessory_of_digest = ?2', 'a.accessory_type is not null'];
const ACCESSORIES = 'artifacts a indexed by artifacts_accessory';

export class D1ArtifactStore implements ArtifactStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async find(repository: RepositoryName, reference: Reference, parts: ArtifactParts): Promise<Artifact | undefined> {
    const [condition, value] =
      reference.kind === 'digest'
        ? ['a.digest = ?3', reference.digest]
        : ['a.id = (select t.artifact_id from tags t where t.repository_id = r.id and t.name = ?3)', reference.tag];
    const query = this.#db
      .prepare(`${ARTIFACT} where p.name = ?1 and r.name = ?2 and ${condition}`)
      .bind(projectOf(repository), withinProject(repository), value);
    const row = await withRetries(() => query.first<ArtifactRow>());
    return row ? (await withParts(this.#db, [row], parts))[0] : undefined;
  }

  async list(listing: ArtifactListing): Promise<Listed<Artifact>> {
    const { scope, filter, page, parts } = listing;
    const { matching, candidates, isScattered, walked } = searchOf(listing);
    if (candidates) await requireSearchable(this.#db, candidates.sql, candidates.bindings);
    const column = COLUMN_OF[page.orderBy];
    const isLatestOnly = scope.kind === 'project' && scope.isLatestOnly;
    const keys = `select a.id id, ${column} key ${matching.sql}`;
    const { bindings } = matching;
    const found: Keys | Sought = walked
      ? { ids: { sql: `select a.id ${matching.sql}`, bindings }, gathered: { sql: keys, bindings }, walked }
      : {
          keys: () => (isLatestOnly ? latestOf(column, matching.sql) : keys),
          bindings,
          isScattered: isScattered || isLatestOnly,
          total: isUnfiltered(filter) && !isLatestOnly ? keptTotal(scope) : undefined,
        };
    const { rows, total } = await listFound<ArtifactRow>(this.#db, found, {
      isDescending: page.isDescending,
      select: () => LISTED_ARTIFACT,
      id: 'a.id',
      column,
      page,
    });
    return { items: await withParts(this.#db, rows, parts), total };
  }

  async listAccessories({ subject, filter, page }: AccessoryListing): Promise<Listed<Accessory>> {
    const all = conditions(OF_SUBJECT, [subject.repositoryId, subject.digest]);
    const isServed = Object.keys(filter).length === 0 && ACCESSORY_COLUMN_OF[page.orderBy] === 'a.id';
    if (!isServed) await requireSearchable(this.#db, `select 1 from ${ACCESSORIES} where ${all.sql}`, all.bindings);
    const where = conditions([all.sql], all.bindings)
      .matching('a.id', filter.id)
      .matching('a.id', filter.artifact_id)
      .matching('a.digest', filter.digest)
      .matching('a.accessory_type', filter.type)
      .matching('a.size_bytes', filter.size)
      .matching('a.pushed_at_ms', filter.creation_time);
    const column = ACCESSORY_COLUMN_OF[page.orderBy];
    const { rows, total } = await listKeyedPage<AccessoryRow>(this.#db, {
      keys: () => `select a.id id, ${column} key from ${ACCESSORIES} where ${where.sql}`,
      bindings: where.bindings,
      isDescending: page.isDescending,
      isScattered: !isServed,
      select: (bind) => `select ${ACCESSORY} from artifacts a join artifacts s on s.id = ${bind(subject.id)}`,
      id: 'a.id',
      column,
      page,
    });
    return { items: rows.map((row) => toAccessory(row, subject.repository)), total };
  }
}

/** How many a listing of everything shows. */
function keptTotal(scope: ArtifactScope) {
  return scope.kind === 'repository'
    ? { sql: 'select artifact_count from repositories where id = ?1', bindings: [scope.repositoryId] }
    : { sql: 'select artifact_count from projects where id = ?1', bindings: [scope.projectId] };
}

/** The newest of each repository among those that match. */
function latestOf(column: string, matching: string): string {
  return `select id, key from (
    select a.id id, ${column} key,
      row_number() over (partition by a.repository_id order by a.pushed_at_ms desc, a.id desc) place ${matching})
    where place = 1`;
}
