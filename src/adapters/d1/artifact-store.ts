import { runBatch, withRetries } from '#adapters/d1/batch';
import type { Digest } from '#core/digest';
import { projectOf, type Reference, type RepositoryName, repositoryName, withinProject } from '#core/reference';
import type { Artifact, ArtifactReference, ArtifactTag } from '#domain/artifacts/artifact';
import type { ArtifactPage, ArtifactStore } from '#domain/artifacts/artifact-store';

interface ArtifactRow {
  id: number;
  project_id: number;
  repository_id: number;
  project: string;
  repository: string;
  digest: string;
  manifest_media_type: string;
  config_media_type: string | null;
  artifact_type: string | null;
  size_bytes: number;
  pushed_at_ms: number;
  pulled_at_ms: number | null;
  annotations: string | null;
}

interface TagRow {
  id: number;
  artifact_id: number;
  name: string;
  pushed_at_ms: number;
  pulled_at_ms: number | null;
}

interface ReferenceRow {
  parent_id: number;
  child_digest: string;
  child_id: number | null;
  platform: string | null;
  annotations: string | null;
}

const ARTIFACT = `
  select a.id, r.project_id, a.repository_id, p.name as project, r.name as repository, a.digest, a.manifest_media_type,
    a.config_media_type, a.artifact_type, a.size_bytes, a.pushed_at_ms, a.pulled_at_ms, a.annotations
  from artifacts a
  join repositories r on r.id = a.repository_id
  join projects p on p.id = r.project_id`;

/** What a listing shows by itself; children of indexes and accessories show with what they belong to. */
const TOP_LEVEL = `
  a.repository_id = ?1 and a.subject_digest is null and (
    exists (select 1 from tags t where t.artifact_id = a.id)
    or not exists (select 1 from artifact_references ar where ar.repository_id = a.repository_id and ar.child_digest = a.digest))`;

const TAGS = `
  select id, artifact_id, name, pushed_at_ms, pulled_at_ms from tags
  where artifact_id in (select value from json_each(?)) order by name`;

const REFERENCES = `
  select ar.parent_id, ar.child_digest, child.id as child_id, ar.platform, ar.annotations
  from artifact_references ar
  left join artifacts child on child.repository_id = ar.repository_id and child.digest = ar.child_digest
  where ar.parent_id in (select value from json_each(?)) order by ar.parent_id, ar.position`;

export class D1ArtifactStore implements ArtifactStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async find(repository: RepositoryName, reference: Reference): Promise<Artifact | undefined> {
    const [condition, value] =
      reference.kind === 'digest'
        ? ['a.digest = ?3', reference.digest]
        : ['a.id = (select t.artifact_id from tags t where t.repository_id = r.id and t.name = ?3)', reference.tag];
    const query = this.#db
      .prepare(`${ARTIFACT} where p.name = ?1 and r.name = ?2 and ${condition}`)
      .bind(projectOf(repository), withinProject(repository), value);
    const row = await withRetries(() => query.first<ArtifactRow>());
    return row ? (await this.#complete([row]))[0] : undefined;
  }

  async list(
    repositoryId: number,
    page: ArtifactPage,
  ): Promise<{ readonly items: readonly Artifact[]; readonly total: number }> {
    const direction = page.isDescending ? 'desc' : 'asc';
    const order = `order by a.pushed_at_ms ${direction}, a.id ${direction}`;
    const items = `${ARTIFACT} where ${TOP_LEVEL} ${order} limit ?2 offset ?3`;
    const [rows, totals] = await runBatch(this.#db, [
      this.#db.prepare(items).bind(repositoryId, page.limit, page.offset),
      this.#db.prepare(`select count(*) as total from artifacts a where ${TOP_LEVEL}`).bind(repositoryId),
    ]);
    const total = (totals?.results[0] as { total: number } | undefined)?.total ?? 0;
    return { items: await this.#complete((rows?.results ?? []) as ArtifactRow[]), total };
  }

  /** Adds tags and references, for the whole page at once. */
  async #complete(rows: readonly ArtifactRow[]): Promise<readonly Artifact[]> {
    if (rows.length === 0) return [];
    const ids = JSON.stringify(rows.map((row) => row.id));
    const [tags, references] = await runBatch(this.#db, [
      this.#db.prepare(TAGS).bind(ids),
      this.#db.prepare(REFERENCES).bind(ids),
    ]);
    const tagsById = Map.groupBy((tags?.results ?? []) as TagRow[], (row) => row.artifact_id);
    const referencesById = Map.groupBy((references?.results ?? []) as ReferenceRow[], (row) => row.parent_id);
    return rows.map((row) => toArtifact(row, tagsById.get(row.id) ?? [], referencesById.get(row.id) ?? []));
  }
}

function toArtifact(row: ArtifactRow, tags: readonly TagRow[], references: readonly ReferenceRow[]): Artifact {
  return {
    id: row.id,
    projectId: row.project_id,
    repositoryId: row.repository_id,
    repository: repositoryName(row.project, row.repository),
    digest: row.digest as Digest,
    manifestMediaType: row.manifest_media_type,
    configMediaType: row.config_media_type ?? undefined,
    artifactType: row.artifact_type ?? undefined,
    sizeBytes: row.size_bytes,
    pushedAtMs: row.pushed_at_ms,
    pulledAtMs: row.pulled_at_ms ?? undefined,
    annotations: parseJson(row.annotations),
    tags: tags.map(toTag),
    references: references.map(toReference),
  };
}

function toTag(row: TagRow): ArtifactTag {
  return { id: row.id, name: row.name, pushedAtMs: row.pushed_at_ms, pulledAtMs: row.pulled_at_ms ?? undefined };
}

function toReference(row: ReferenceRow): ArtifactReference {
  return {
    childDigest: row.child_digest as Digest,
    childId: row.child_id ?? undefined,
    platform: parseJson(row.platform),
    annotations: parseJson(row.annotations),
  };
}

/** JSON that this registry wrote itself. */
function parseJson<T>(text: string | null): T | undefined {
  return text === null ? undefined : (JSON.parse(text) as T);
}
