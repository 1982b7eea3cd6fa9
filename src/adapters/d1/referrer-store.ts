import { withRetries } from '#adapters/d1/batch';
import type { Digest } from '#core/digest';
import { projectOf, type RepositoryName, withinProject } from '#core/reference';
import {
  MAX_REFERRERS_LENGTH,
  type Referrer,
  type ReferrerPage,
  type ReferrerStore,
} from '#domain/manifests/referrer-store';

interface ReferrerRow {
  digest: string;
  media_type: string;
  size_bytes: number;
  artifact_type: string | null;
  annotations: string | null;
}

const PAGE = `
  select a.digest, a.manifest_media_type as media_type, a.manifest_size_bytes as size_bytes, a.artifact_type, a.annotations
  from projects p
  join repositories r on r.project_id = p.id
  join artifacts a on a.repository_id = r.id
  where p.name = ?1 and r.name = ?2 and a.subject_digest = ?3 and a.digest > ?4
    and (?5 is null or a.artifact_type = ?5)
  order by a.digest limit ?6`;

/** Annotations may be long, so a page also ends where they are too long together. */
const REFERRERS = `
  select digest, media_type, size_bytes, artifact_type, annotations from (
    select *, sum(coalesce(length(annotations), 0))
      over (order by digest rows between unbounded preceding and 1 preceding) as length_before
    from (${PAGE}))
  where coalesce(length_before, 0) <= ?7 order by digest`;

export class D1ReferrerStore implements ReferrerStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async list(repository: RepositoryName, subject: Digest, page: ReferrerPage): Promise<readonly Referrer[]> {
    const query = this.#db
      .prepare(REFERRERS)
      .bind(
        projectOf(repository),
        withinProject(repository),
        subject,
        page.last ?? '',
        page.artifactType ?? null,
        page.limit,
        MAX_REFERRERS_LENGTH,
      );
    const { results } = await withRetries(() => query.all<ReferrerRow>());
    return results.map(toReferrer);
  }
}

function toReferrer(row: ReferrerRow): Referrer {
  return {
    mediaType: row.media_type,
    digest: row.digest as Digest,
    size: row.size_bytes,
    artifactType: row.artifact_type ?? undefined,
    annotations: row.annotations ? (JSON.parse(row.annotations) as Record<string, string>) : undefined,
  };
}
