import { beforeAll, describe, expect, it } from 'vitest';
import { D1RepositoryStore } from '#adapters/d1/repository-store';
import { newId } from '#core/ids';
import { repositoryName } from '#core/reference';
import { tick } from '#queues/tick';
import { asAdmin, createServer, insertProject, testEnv } from '#test/support/server';

const server = createServer();
const store = new D1RepositoryStore({ db: testEnv.DB });
/** More than goes at once. */
const ROWS = 4_500;
const PROJECT = 'emptied';
const NAME = repositoryName(PROJECT, 'huge');
let projectId = 0;

const one = (sql: string, ...bindings: unknown[]) =>
  testEnv.DB.prepare(sql)
    .bind(...bindings)
    .first<number>('n');
const get = (path: string) => server.request(`/api/v2.0${path}`, { headers: asAdmin });

async function idOf(name: typeof NAME): Promise<number> {
  const repository = await store.find(name);
  if (!repository) throw new Error(`there is no ${name}`);
  return repository.id;
}

async function fill(name: typeof NAME): Promise<number> {
  const { id } = await store.ensure(projectId, name, 0);
  const numbers = `(with recursive c(value) as (select 0 union all select value + 1 from c where value < ${ROWS - 1}) select value from c)`;
  const digest = `'sha256:' || printf('%064x', value + 77000000)`;
  const run = (sql: string) => testEnv.DB.prepare(sql);
  await testEnv.DB.batch([
    run('update repositories set published_at_ms = 1 where id = ?').bind(id),
    run(`insert into blobs (digest, size_bytes, object_key, touched_at_ms, created_at_ms)
      select ${digest}, 10, 'emptied/' || value, 0, 0 from ${numbers} where true on conflict do nothing`),
    run(`insert into repository_blobs select ?1, b.id, 0 from ${numbers} join blobs b on b.digest = ${digest}`).bind(
      id,
    ),
    run(`insert into artifacts (repository_id, digest, manifest_blob_id, manifest_media_type, manifest_size_bytes, size_bytes,
      pushed_at_ms) select ?1, ${digest}, b.id, 'm', 10, 10, value from ${numbers} join blobs b on b.digest = ${digest}`).bind(
      id,
    ),
    run(`insert into tags (repository_id, artifact_id, name, pushed_at_ms)
      select repository_id, id, 'v' || id, 0 from artifacts where repository_id = ?1`).bind(id),
    run(
      'insert into artifact_blobs (artifact_id, blob_id) select id, manifest_blob_id from artifacts where repository_id = ?1',
    ).bind(id),
    run(`insert into artifact_references (parent_id, position, repository_id, child_digest)
      select id, 0, ?1, 'sha256:' || printf('%064x', pushed_at_ms + 77000001) from artifacts
        where repository_id = ?1 and pushed_at_ms % 2 = 0`).bind(id),
  ]);
  return id;
}

function deletion(repositoryId: number, lockToken = 1) {
  const audit = { projectId, operation: 'delete', resourceType: 'repository', resource: NAME, description: 'delete' };
  const actor = { username: 'admin', sourceAddress: undefined };
  return {
    repositoryId,
    lockToken,
    judgement: undefined,
    mutation: { operationId: newId(), actor, nowMs: 1, audit, events: [] },
  };
}

beforeAll(async () => {
  projectId = await insertProject(server, PROJECT);
});

describe('a repository with more in it than goes at once', () => {
  let id = 0;

  beforeAll(async () => {
    id = await fill(NAME);
    await store.delete(deletion(id));
  }, 60_000);

  it('is out of sight at once, and counted no more', async () => {
    expect((await get(`/projects/${PROJECT}/repositories/huge`)).status).toBe(404);
    expect((await get(`/projects/${PROJECT}/repositories`)).headers.get('x-total-count')).toBe('0');
    const found = (await (await get('/search?q=emptied/huge')).json()) as { repository: unknown[] };
    expect(found.repository).toEqual([]);
    expect((await server.asAdmin('GET', `/v2/${NAME}/tags/list`)).status).toBe(404);
    expect(await one('select repository_count n from projects where id = ?', projectId)).toBe(0);
  });

  it('takes no writes of those who knew it', async () => {
    await expect(store.delete(deletion(id, 2 ** 50))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it('leaves its name free, and what is pushed there alone', async () => {
    const { id: next } = await store.ensure(projectId, NAME, 0);
    expect(next).not.toBe(id);
    expect(await idOf(NAME)).toBe(next);
  });

  it('keeps its project from being deleted', async () => {
    const response = await server.request(`/api/v2.0/projects/${PROJECT}`, { method: 'DELETE', headers: asAdmin });
    expect(response.status).toBe(412);
  });

  it('goes in slices, with all that it held', async () => {
    let slices = 0;
    while (await store.removeDetached()) slices++;
    expect(slices).toBeGreaterThan(2);
    for (const table of ['artifacts', 'tags', 'artifact_references', 'repository_blobs']) {
      expect(await one(`select count(*) n from ${table} where repository_id = ?`, id)).toBe(0);
    }
    expect(await one('select count(*) n from repositories where id = ?', id)).toBe(0);
    expect(await one('select used_bytes n from quotas where project_id = ?', projectId)).toBe(0);
    expect(await one('select count(*) n from project_blobs where project_id = ?', projectId)).toBe(0);
  }, 60_000);

  it('goes in slices when its trash alone is large', async () => {
    const { id: trashId } = await store.ensure(projectId, repositoryName(PROJECT, 'trash'), 0);
    await testEnv.DB.batch([
      testEnv.DB.prepare(
        `insert into artifact_trash (repository_id, digest, manifest_blob_id, artifact, tags, children, labels, deleted_by,
           deleted_at_ms) select ?1, digest, id, '{}', '[]', '[]', '[]', '', 0 from blobs where object_key like 'emptied/%'`,
      ).bind(trashId),
      testEnv.DB.prepare(
        `insert into tag_trash (repository_id, name, digest, pushed_at_ms, deleted_by, deleted_at_ms)
           select ?1, 't' || id, digest, 0, '', 0 from blobs where object_key like 'emptied/%'`,
      ).bind(trashId),
    ]);
    await store.delete(deletion(trashId));
    expect(await one('select count(*) n from tag_trash where repository_id = ?', trashId)).toBe(ROWS);
    let slices = 0;
    while (await store.removeDetached()) slices++;
    expect(slices).toBe(3);
    expect(await one('select count(*) n from artifact_trash where repository_id = ?', trashId)).toBe(0);
    expect(await one('select count(*) n from repositories where id = ?', trashId)).toBe(0);
  });

  it('goes with the tick when nobody else has removed it', async () => {
    const other = repositoryName(PROJECT, 'other');
    const otherId = await fill(other);
    await store.delete(deletion(otherId));
    expect(await one('select count(*) n from artifacts where repository_id = ?', otherId)).toBe(ROWS);
    await tick(server.services);
    expect(await one('select count(*) n from repositories where id = ?', otherId)).toBe(0);
  }, 60_000);
});
