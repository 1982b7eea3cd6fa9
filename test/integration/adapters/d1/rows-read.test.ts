import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { D1QuotaStore } from '#adapters/d1/quota-store';
import { D1RepositoryListingStore } from '#adapters/d1/repository-listing-store';
import { D1RepositoryStore } from '#adapters/d1/repository-store';
import { MeteredDatabase } from '#adapters/metering/metered-database';
import { parseNamePart } from '#core/name-part';
import { parseRepositoryName } from '#core/reference';
import { newMutation } from '#domain/events/mutation';
import { QUOTA_ORDERS } from '#domain/quotas/quota-store';
import type { Env } from '#src/env';
import { createHarness } from '#test/support/harness';
import { pushImage, randomImage } from '#test/support/images';
import { insertProject } from '#test/support/server';

const { DB } = env as unknown as Env;
const harness = createHarness();
const { meter, manifests, trash } = harness.services;
const db = new MeteredDatabase({ db: DB, meter });
const parsed = parseRepositoryName('library/rows-read');
if (!parsed.ok) throw new Error(parsed.error);
const repository = parsed.value;
const actor = { username: 'admin', sourceAddress: undefined };
const EVERYTHING = {
  isUnlimited: true,
  memberId: undefined,
  projectIds: [],
  ranges: [],
  everyProjectBut: undefined,
} as const;
/** Rows of whatever grows with the registry: far more than any page here. */
const MANY = 300;

async function rowsRead(task: () => Promise<unknown>): Promise<number> {
  return meter.run(async (usage) => {
    await task();
    return usage.counts.d1RowsRead;
  });
}

const run = (sql: string, ...bindings: unknown[]) =>
  DB.prepare(sql)
    .bind(...bindings)
    .run();

const series = `with recursive n (i) as (select 1 union all select i + 1 from n where i < ${MANY})`;

describe('a listing of quotas', () => {
  it.each(QUOTA_ORDERS)('by %s reads its page alone', async (orderBy) => {
    await run(
      `${series} insert into projects (name, owner_id, created_at_ms, updated_at_ms)
       select 'many-${orderBy}-' || i, 1, i, i from n`,
    );
    const page = { limit: 5, offset: 0, orderBy, isDescending: true };
    expect(await rowsRead(() => new D1QuotaStore({ db }).list(undefined, page))).toBeLessThan(40);
  });
});

describe('a listing of repositories by name', () => {
  it('steps over no project that has none', async () => {
    await run(
      `${series} insert into projects (name, owner_id, created_at_ms, updated_at_ms) select 'n-empty-' || i, 1, i, i from n`,
    );
    const last = await insertProject(harness, 'zz-last');
    await run(
      `insert into repositories (project_id, name, published_at_ms, created_at_ms, updated_at_ms) values (?, 'a', 0, 0, 0)`,
      last,
    );
    const listing = new D1RepositoryListingStore({ db });
    const filter = { query: {}, visibility: EVERYTHING };
    const page = { limit: 5, offset: 0, orderBy: 'name', isDescending: false } as const;
    let names: readonly string[] = [];
    expect(
      await rowsRead(async () => {
        names = (await listing.list(filter, page)).items.map(({ name }) => name);
      }),
    ).toBeLessThan(60);
    expect(names).toEqual(['zz-last/a']);
    expect(await rowsRead(() => listing.listNames(10, 'library/zzz'))).toBeLessThan(60);
  });
});

describe('a search for a part that very many names have', () => {
  it('looks at a few for each that it shows', async () => {
    await run(
      `${series} insert into repositories (project_id, name, published_at_ms, created_at_ms, updated_at_ms)
       select 1, 'alike-' || i, 0, 0, 0 from n`,
    );
    const part = parseNamePart('alike');
    if (!part) throw new Error('the part is malformed');
    const listing = new D1RepositoryListingStore({ db });
    expect(await rowsRead(() => listing.search(part, EVERYTHING, 10))).toBeLessThan(MANY);
  });
});

describe('deleting and restoring an artifact', () => {
  /** Pushes an image, deletes and restores it, and says what the two have read. */
  async function cost(image = randomImage()): Promise<number[]> {
    await pushImage(harness, repository, image, 'a');
    const { digest } = image;
    const deleted = await rowsRead(() => manifests.delete({ repository, digest, mayBeChild: false, actor }));
    const restored = await rowsRead(() => trash.restoreArtifact(repository, digest, actor));
    return [deleted, restored];
  }

  it('reads nothing that grows with the repository or with others that share its layers', async () => {
    const image = randomImage();
    const before = await cost(image);
    for (const count of before) expect(count).toBeGreaterThan(0);
    // Others hold the same layer; the repository holds many artifacts, accessories of others, and much trash.
    await run(
      `${series} insert into repositories (project_id, name, created_at_ms, updated_at_ms)
       select 1, 'rows-read-' || i, 0, 0 from n`,
    );
    await run(
      `insert into artifacts (repository_id, digest, manifest_blob_id, manifest_media_type, manifest_size_bytes, size_bytes,
         pushed_at_ms) select r.id, 'sha256:other' || r.id, (select min(id) from blobs), 'x', 0, 0, 0
       from repositories r where r.name like 'rows-read-%'`,
    );
    await run(
      `${series} insert into artifacts (repository_id, digest, manifest_blob_id, manifest_media_type, manifest_size_bytes,
         size_bytes, pushed_at_ms, accessory_type, accessory_of_digest)
       select (select id from repositories where name = 'rows-read'), 'sha256:own' || i, (select min(id) from blobs), 'x', 0,
         0, 0, 'subject.accessory', 'sha256:other' || i from n`,
    );
    await run(
      `insert into artifact_blobs (artifact_id, blob_id) select a.id, b.id from artifacts a, blobs b
       where a.digest like 'sha256:other%'`,
    );
    await run(
      `${series} insert into artifact_trash (repository_id, digest, manifest_blob_id, artifact, tags, children, labels,
         deleted_by, deleted_at_ms, deleted_with_digest)
       select (select id from repositories where name = 'rows-read'), 'sha256:trash' || i, (select min(id) from blobs), '{}',
         '[]', '[]', '[]', '', 0, 'sha256:elsewhere' from n`,
    );
    const after = await cost(image);
    for (const [index, count] of after.entries()) expect(count - (before[index] ?? 0)).toBeLessThan(10);
  });
});

describe('moving a repository', () => {
  /** Moves a repository of so many artifacts, each with a layer of its own, to another project. */
  async function cost(count: number): Promise<number> {
    const name = `moved-${count}`;
    const numbers = `with recursive n (i) as (select 1 union all select i + 1 from n where i < ${count})`;
    const [source, destination] = [`${name}-from`, `${name}-to`];
    await run(
      `insert into projects (name, owner_id, created_at_ms, updated_at_ms) values (?, 1, 0, 0), (?, 1, 0, 0)`,
      source,
      destination,
    );
    await run(
      `insert into repositories (project_id, name, published_at_ms, created_at_ms, updated_at_ms)
         select id, ?, 0, 0, 0 from projects where name = ?`,
      name,
      source,
    );
    for (const kind of ['manifest', 'layer']) {
      await run(
        `${numbers} insert into blobs (digest, size_bytes, object_key, touched_at_ms, created_at_ms)
           select ?1 || i, 1, ?1 || i, 0, 0 from n`,
        `${name}-${kind}-`,
      );
    }
    await run(
      `insert into repository_blobs (repository_id, blob_id, linked_at_ms)
         select r.id, b.id, 0 from repositories r, blobs b where r.name = ?1 and b.digest like ?1 || '-layer-%'`,
      name,
    );
    await run(
      `insert into artifacts (repository_id, digest, manifest_blob_id, manifest_media_type, manifest_size_bytes, size_bytes,
         pushed_at_ms) select r.id, b.digest, b.id, 'x', 1, 1, 0 from repositories r, blobs b
         where r.name = ?1 and b.digest like ?1 || '-manifest-%'`,
      name,
    );
    const row = await DB.prepare('select id, project_id from repositories where name = ?').bind(name).first();
    const destinationId = await DB.prepare('select id from projects where name = ?')
      .bind(destination)
      .first<number>('id');
    const move = {
      repository: { id: row?.['id'] as number, projectId: row?.['project_id'] as number, nameInProject: name },
      destinationId: destinationId ?? 0,
      name: 'there',
      aliasExpiresAtMs: 1,
      lockToken: 1,
      judgement: undefined,
      mutation: newMutation(
        { projectId: undefined, operation: 'update', resourceType: 'repository', resource: name, description: '' },
        actor,
        harness.clock,
      ),
    };
    return rowsRead(() => new D1RepositoryStore({ db }).move(move));
  }

  it('reads as many rows of each thing in it, however many there are', async () => {
    const [few, many] = [await cost(MANY / 10), await cost(MANY)];
    expect(few).toBeGreaterThan(MANY / 10);
    expect(many).toBeLessThan(few * 11);
  });
});
