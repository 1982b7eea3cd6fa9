import type { Ledger, Promised } from '#test/support/gc-model/ledger';
import { at, BLOB_DIGESTS, CONTENTS, REPOSITORIES } from '#test/support/gc-model/universe';

interface Storage {
  readonly db: D1Database;
  readonly bucket: R2Bucket;
}

async function rows<T>(db: D1Database, sql: string, ...bindings: unknown[]): Promise<readonly T[]> {
  const { results } = await db
    .prepare(sql)
    .bind(...bindings)
    .all<T>();
  return results;
}

/** No blob is lost: each row points at an object that is there. */
export async function problemsOfBlobs({ db, bucket }: Storage): Promise<readonly string[]> {
  const blobs = await rows<{ digest: string; object_key: string; size_bytes: number }>(
    db,
    'select digest, object_key, size_bytes from blobs',
  );
  const sizes = await Promise.all(blobs.map(async ({ object_key: key }) => (await bucket.head(key))?.size));
  return blobs
    .filter((blob, index) => sizes[index] !== blob.size_bytes)
    .map(({ digest, object_key: key }) => `the object ${key} of ${digest} is lost`);
}

/** What was promised and never taken back is there, with all it needs. */
export async function problemsOfPromises({ db }: Storage, ledger: Ledger): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const promise of ledger.promised.filter((each) => ledger.stands(each))) {
    const contents = [
      promise.content,
      ...(ledger.keepsChildren(promise) ? at(CONTENTS, promise.content).children : []),
    ];
    for (const content of contents) problems.push(...(await problemsOfContent(db, promise, content)));
  }
  return problems;
}

async function problemsOfContent(db: D1Database, promise: Promised, content: number): Promise<readonly string[]> {
  const { digest, blobs } = at(CONTENTS, content);
  const [project, ...rest] = at(REPOSITORIES, promise.repository).name.split('/');
  const what = `content ${content}, promised as ${JSON.stringify(promise)},`;
  const found = await rows<{ id: number; repository_id: number }>(
    db,
    `select a.id, a.repository_id from artifacts a join repositories r on r.id = a.repository_id
     join projects p on p.id = r.project_id where p.name = ? and r.name = ? and a.digest = ?`,
    project,
    rest.join('/'),
    digest,
  );
  if (!found[0]) return [`${what} is gone`];
  const linked = await rows<{ digest: string }>(
    db,
    `select b.digest from artifact_blobs ab join blobs b on b.id = ab.blob_id
     join repository_blobs rb on rb.blob_id = b.id and rb.repository_id = ?2 where ab.artifact_id = ?1`,
    found[0].id,
    found[0].repository_id,
  );
  const missing = blobs.filter((blob) => !linked.some((link) => link.digest === at(BLOB_DIGESTS, blob)));
  return missing.map((blob) => `${what} has lost blob ${blob}`);
}

/** A run that was stopped is over, whoever was about to go on with it. */
export async function problemsOfStops({ db }: Storage, { stopped }: Ledger): Promise<readonly string[]> {
  const sql = `select id, status from executions where id in (select value from json_each(?)) and status <> 'Stopped'`;
  return (await rows(db, sql, JSON.stringify(stopped))).map((row) => `a stopped run goes on: ${JSON.stringify(row)}`);
}

/** Rows that are garbage, by what they are. */
const GARBAGE: Readonly<Record<string, string>> = {
  'a blob nothing needs': `select digest from blobs b
    where not exists (select 1 from artifacts a where a.manifest_blob_id = b.id)
      and not exists (select 1 from artifact_blobs ab where ab.blob_id = b.id)`,
  'a link nothing needs': `select repository_id, blob_id from repository_blobs rb where not exists (
    select 1 from artifact_blobs ab where ab.blob_id = rb.blob_id and ab.repository_id = rb.repository_id)`,
  'a deleted artifact': 'select digest from artifact_trash',
  'a deleted tag': 'select name from tag_trash',
  'a candidate': 'select blob_id, repository_id from garbage_candidates',
  'a doomed object': 'select object_key from doomed_objects',
  'an intent': 'select prefix from object_intents',
};

/** Once it was quiet for long enough, what is in storage is what something needs. */
export async function problemsAtEnd({ db, bucket }: Storage): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const [what, sql] of Object.entries(GARBAGE)) {
    problems.push(...(await rows(db, sql)).map((row) => `${what} is left: ${JSON.stringify(row)}`));
  }
  const needed = new Set(
    (await rows<{ object_key: string }>(db, 'select object_key from blobs')).map((row) => row.object_key),
  );
  const { objects } = await bucket.list();
  return [...problems, ...objects.filter(({ key }) => !needed.has(key)).map(({ key }) => `the object ${key} is left`)];
}
