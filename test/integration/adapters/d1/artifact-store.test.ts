import { beforeAll, describe, expect, it } from 'vitest';
import { D1ArtifactStore } from '#adapters/d1/artifact-store';
import { NO_PARTS } from '#domain/artifacts/artifact';
import { type ArtifactOrder, parseArtifactFilter } from '#domain/artifacts/artifact-query';
import type { ArtifactScope } from '#domain/artifacts/artifact-store';
import { createHarness } from '#test/support/harness';
import { insertProject, testEnv } from '#test/support/server';

const db = testEnv.DB;
/** More than a search may look at. */
const ARTIFACTS = 10_040;

let rowsRead = 0;
const store = new D1ArtifactStore({ db: counting(db) });
let repository: ArtifactScope;
let project: ArtifactScope;

/** The database, adding up the rows that batches read. */
function counting(target: D1Database): D1Database {
  return new Proxy(target, {
    get(object, property) {
      if (property !== 'batch') return Reflect.get(object, property).bind(object);
      return async (statements: D1PreparedStatement[]) => {
        const results = await object.batch(statements);
        rowsRead += results.reduce((sum, { meta }) => sum + meta.rows_read, 0);
        return results;
      };
    },
  });
}

/** The first of the labels here. */
const LABEL = 9_000;

interface Wanted {
  readonly scope?: ArtifactScope;
  readonly q?: string;
  readonly offset?: number;
  readonly orderBy?: ArtifactOrder;
}

async function list({ scope = repository, q, offset = 0, orderBy = 'push_time' }: Wanted = {}) {
  rowsRead = 0;
  const page = { limit: 10, offset, orderBy, isDescending: true };
  const { items, total } = await store.list({ scope, filter: parseArtifactFilter(q), page, parts: NO_PARTS });
  return { times: items.map(({ pushedAtMs }) => pushedAtMs), total };
}

/** The times of `count` artifacts from the newest of them on, a second apart. */
const seconds = (newest: number, count = 10) => Array.from({ length: count }, (_, index) => (newest - index) * 1_000);

beforeAll(async () => {
  const projectId = await insertProject(createHarness(), 'many-artifacts');
  const repositoryId = await db
    .prepare(
      `insert into repositories (project_id, name, published_at_ms, created_at_ms, updated_at_ms)
       values (?, 'many', 0, 0, 0) returning id`,
    )
    .bind(projectId)
    .first<number>('id');
  const blobId = await db
    .prepare(
      `insert into blobs (digest, size_bytes, object_key, created_at_ms, touched_at_ms)
       values ('sha256:of-many-artifacts', 1, 'many-artifacts', 0, 0) returning id`,
    )
    .first<number>('id');
  // Every tenth has a tag; one is a chart.
  await db.batch([
    db
      .prepare(
        `insert into artifacts (repository_id, digest, manifest_blob_id, manifest_media_type, manifest_size_bytes,
           size_bytes, pushed_at_ms, type)
         select ?1, printf('sha256:%064d', value), ?2, 'application/json', 1, 1, value * 1000, iif(value = 5000, 'CHART', 'IMAGE')
         from (with recursive c(value) as (select 1 union all select value + 1 from c where value < ?3) select value from c)`,
      )
      .bind(repositoryId, blobId, ARTIFACTS),
    db
      .prepare(
        `insert into tags (repository_id, artifact_id, name, pushed_at_ms)
         select repository_id, id, 'v' || (pushed_at_ms / 1000), pushed_at_ms from artifacts
         where repository_id = ?1 and pushed_at_ms % 10000 = 0`,
      )
      .bind(repositoryId),
    // Every third has a label, every ninth another, and some have one that is rare.
    ...[3, 9, 2_000].flatMap((interval, index) => [
      db
        .prepare('insert into labels (id, name, project_id, created_at_ms, updated_at_ms) values (?, ?, 0, 0, 0)')
        .bind(LABEL + index, `every ${interval}`),
      db
        .prepare(
          `insert into artifact_labels (artifact_id, label_id)
             select id, ?2 from artifacts where repository_id = ?1 and pushed_at_ms / 1000 % ?3 = 0`,
        )
        .bind(repositoryId, LABEL + index, interval),
    ]),
  ]);
  repository = { kind: 'repository', repositoryId: repositoryId ?? 0 };
  project = { kind: 'project', projectId, isLatestOnly: false };
});

describe('a listing of many artifacts', () => {
  it('reads the page and what lies between it and the nearer end', async () => {
    expect(await list()).toEqual({ times: seconds(ARTIFACTS), total: ARTIFACTS });
    expect(rowsRead).toBeLessThan(200);
    expect(await list({ offset: ARTIFACTS - 10 })).toEqual({ times: seconds(10), total: ARTIFACTS });
    expect(rowsRead).toBeLessThan(200);
    expect((await list({ offset: 5_000 })).times).toEqual(seconds(ARTIFACTS - 5_000));
    expect(rowsRead).toBeLessThan(5_300);
  });

  it('reads no more where an index tells what matches', async () => {
    expect(await list({ q: 'tags=*' })).toEqual({
      times: seconds(10).map((_, index) => (ARTIFACTS - index * 10) * 1_000),
      total: ARTIFACTS / 10,
    });
    expect(rowsRead).toBeLessThan(ARTIFACTS / 5);
    expect((await list({ q: 'tags=nil' })).total).toBe((ARTIFACTS / 10) * 9);
    expect(await list({ q: 'type=CHART' })).toEqual({ times: [5_000_000], total: 1 });
    expect(rowsRead).toBeLessThan(100);
    expect(await list({ q: 'type=IMAGE' })).toEqual({ times: seconds(ARTIFACTS), total: 10_000 });
    expect(rowsRead).toBeLessThan(10_200);
    expect((await list({ q: 'tags=v70' })).times).toEqual([70_000]);
    expect(rowsRead).toBeLessThan(100);
    expect((await list({ q: `digest=sha256:${'70'.padStart(64, '0')}` })).times).toEqual([70_000]);
    expect(rowsRead).toBeLessThan(100);
  });

  it('reads the page alone of those with a label, and counts them', async () => {
    const count = (interval: number) => Math.floor(ARTIFACTS / interval);
    const times = (interval: number, from = 0) =>
      Array.from({ length: 10 }, (_, index) => (count(interval) - from - index) * interval * 1_000);
    expect(await list({ q: `labels=(${LABEL})` })).toEqual({ times: times(3), total: count(3) });
    expect(rowsRead).toBeLessThan(2 * count(3) + 200);
    expect(await list({ q: `labels=(${LABEL})`, offset: 3_000 })).toEqual({ times: times(3, 3_000), total: count(3) });
    const both = `labels=(${LABEL} ${LABEL + 1})`;
    expect(await list({ q: both, offset: 100 })).toEqual({ times: times(9, 100), total: count(9) });
    const rare = await list({ q: `labels=(${LABEL + 2})` });
    expect(rare).toEqual({ times: [10_000, 8_000, 6_000, 4_000, 2_000].map((at) => at * 1_000), total: 5 });
    expect(rowsRead).toBeLessThan(100);
  });

  it('lists a project of them, whose number is kept, to its end', async () => {
    expect(await list({ scope: project })).toEqual({ times: seconds(ARTIFACTS), total: ARTIFACTS });
    expect(rowsRead).toBeLessThan(100);
    expect((await list({ scope: project, offset: ARTIFACTS - 10 })).times).toEqual(seconds(10));
    expect(rowsRead).toBeLessThan(100);
  });

  it.each<Wanted>([
    { q: 'type=CHART,base=*' },
    { q: 'type=~CHAR' },
    { q: 'base=*,tags=nil' },
    { q: `digest=~${'0'.repeat(20)}` },
    { orderBy: 'size' },
  ])('refuses to search them all: %j', async (wanted) => {
    await expect(list(wanted)).rejects.toMatchObject({ code: 'BAD_REQUEST', message: /more than 10000 artifacts/ });
  });

  it.each<Wanted>([{ q: 'type=CHART' }, { q: 'tags=v70' }])(
    'refuses to search a project of them: %j',
    async (wanted) => {
      await expect(list({ ...wanted, scope: project })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    },
  );

  it('searches what push_time leaves', async () => {
    const q = 'type=CHART,push_time=[1970-01-01T01:00:00~1970-01-01T02:00:00]';
    expect(await list({ q })).toEqual({ times: [5_000_000], total: 1 });
    expect(await list({ q, scope: project })).toEqual({ times: [5_000_000], total: 1 });
    expect((await list({ q: 'type=CHART,push_time=[~1970-01-01T01:00:00]' })).total).toBe(0);
  });

  it('searches tags by a part of their names', async () => {
    const found = [10_040, 10_030, 10_020, 10_010, 10_000, 1_000, 100];
    expect(await list({ q: 'tags=~v100' })).toEqual({
      times: found.map((second) => second * 1_000),
      total: found.length,
    });
  });
});
