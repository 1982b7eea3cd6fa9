import type { Digest } from '#core/digest';
import type { WirePolicy, WireRule } from '#domain/retention/read-retention';
import type { Harness } from '#test/support/harness';

export const ACTOR = { username: 'admin', sourceAddress: undefined };

const SELECTOR = { kind: 'doublestar', pattern: '**' };

/** A rule as a client sends it, of every repository and every tag unless told otherwise. */
export function wireRule(template: string, parameter: number | undefined, more: Partial<WireRule> = {}): WireRule {
  return {
    id: 0,
    priority: 0,
    disabled: false,
    action: 'retain',
    template,
    params: parameter === undefined ? {} : { [template]: parameter },
    tagSelectors: [{ ...SELECTOR, decoration: 'matches' }],
    scopeSelectors: { repository: [{ ...SELECTOR, decoration: 'repoMatches' }] },
    ...more,
  };
}

export function wirePolicy(...rules: readonly WireRule[]): WirePolicy {
  return { algorithm: 'or', rules, triggerKind: 'Schedule', cron: '' };
}

/** A row that a repository has, past the registry. */
export interface Row {
  readonly digest: Digest;
  readonly tags?: readonly string[];
  readonly pushedAtMs: number;
  readonly pulledAtMs?: number;
}

/** Artifacts and tags without any content: rows are what retention goes by. Answers the repository's id. */
export async function insertRepository(
  { env: { DB } }: Harness,
  projectId: number,
  name: string,
  rows: readonly Row[],
): Promise<number> {
  const made = await DB.prepare(
    `insert into repositories (project_id, name, published_at_ms, created_at_ms, updated_at_ms)
       values (?, ?, 0, 0, 0) returning id`,
  )
    .bind(projectId, name)
    .first<{ id: number }>();
  const id = made?.id ?? 0;
  for (let from = 0; from < rows.length; from += 2_000) {
    await insertRows(DB, id, JSON.stringify(rows.slice(from, from + 2_000)));
  }
  return id;
}

async function insertRows(db: D1Database, repositoryId: number, rows: string): Promise<void> {
  await db.batch([
    db
      .prepare(
        `insert into blobs (digest, size_bytes, object_key, touched_at_ms, created_at_ms)
           select r.value ->> '$.digest', 1, 'none/' || (r.value ->> '$.digest'), 0, 0 from json_each(?) r where true
           on conflict do nothing`,
      )
      .bind(rows),
    db
      .prepare(
        `insert into artifacts (repository_id, digest, manifest_blob_id, manifest_media_type, manifest_size_bytes, size_bytes,
           pushed_at_ms, pulled_at_ms)
         select ?1, b.digest, b.id, 'application/vnd.oci.image.manifest.v1+json', 1, 1, r.value ->> '$.pushedAtMs',
           r.value ->> '$.pulledAtMs'
         from json_each(?2) r join blobs b on b.digest = r.value ->> '$.digest'`,
      )
      .bind(repositoryId, rows),
    db
      .prepare(
        `insert into tags (repository_id, artifact_id, name, pushed_at_ms)
         select ?1, a.id, t.value, a.pushed_at_ms
         from json_each(?2) r join json_each(r.value -> '$.tags') t
         join artifacts a on a.repository_id = ?1 and a.digest = r.value ->> '$.digest'`,
      )
      .bind(repositoryId, rows),
  ]);
}

/** Tags that a repository has, in order. */
export async function tagsOf({ env: { DB } }: Harness, repositoryId: number): Promise<readonly string[]> {
  const query = DB.prepare('select name from tags where repository_id = ? order by name').bind(repositoryId);
  return (await query.all<{ name: string }>()).results.map(({ name }) => name);
}
