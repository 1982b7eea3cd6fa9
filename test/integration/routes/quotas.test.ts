import { describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import { createHarness } from '#test/support/harness';
import { pushBlob, pushImage, putManifest, randomBytes, randomImage } from '#test/support/images';
import { asAdmin, basic, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

interface QuotaBody {
  id: number;
  ref: { id: number; name: string; owner_name: string };
  hard: { storage: number };
  used: { storage: number };
}

const harness = createHarness();
const API = '/api/v2.0/quotas';
const get = (path: string, headers: Record<string, string> = asAdmin) =>
  harness.request('GET', API + path, { headers });
const put = (id: number, body: unknown, headers: Record<string, string> = asAdmin) =>
  harness.request('PUT', `${API}/${id}`, {
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function quotaOf(projectId: number): Promise<QuotaBody> {
  const [quota] = (await (await get(`?reference=project&reference_id=${projectId}`)).json()) as QuotaBody[];
  if (!quota) throw new Error('the project has no quota');
  return quota;
}

async function limit(projectId: number, storage: number): Promise<void> {
  const { id } = await quotaOf(projectId);
  expect((await put(id, { hard: { storage } })).status).toBe(200);
}

let projects = 0;
async function newProject(storage?: number) {
  const name = `quotas-${++projects}`;
  const id = await insertProject(harness, name);
  if (storage !== undefined) await limit(id, storage);
  return { name, id };
}

async function setEnforced(isEnforced: boolean): Promise<void> {
  const response = await harness.request('PUT', '/api/v2.0/configurations', {
    headers: { ...asAdmin, 'content-type': 'application/json' },
    body: JSON.stringify({ quota_per_project_enable: isEnforced }),
  });
  expect(response.status).toBe(200);
}

const countOf = (sql: string, ...bindings: unknown[]) =>
  testEnv.DB.prepare(sql)
    .bind(...bindings)
    .first<number>('n');

describe('GET /api/v2.0/quotas', () => {
  it('tells what a project may hold and holds', async () => {
    const { name, id } = await newProject(5_000);
    await pushBlob(harness, `${name}/a`, randomBytes(300));
    expect(await quotaOf(id)).toEqual({
      id: expect.any(Number),
      ref: { id, name, owner_name: 'admin' },
      hard: { storage: 5_000 },
      used: { storage: 300 },
      creation_time: expect.any(String),
      update_time: expect.any(String),
    });
  });

  it('sorts by limit, usage, time and id, in pages', async () => {
    const [small, large, free] = [await newProject(1_000), await newProject(9_000), await newProject()];
    await pushBlob(harness, `${large.name}/a`, randomBytes(900));
    await pushBlob(harness, `${small.name}/a`, randomBytes(500));
    const own = new Set([small.id, large.id, free.id]);
    const order = async (sort: string) => {
      const quotas = (await (await get(`?page_size=100&sort=${sort}`)).json()) as QuotaBody[];
      return quotas.map(({ ref }) => ref.id).filter((id) => own.has(id));
    };
    expect(await order('hard.storage')).toEqual([small.id, large.id, free.id]);
    expect(await order('-hard.storage')).toEqual([free.id, large.id, small.id]);
    expect(await order('used.storage')).toEqual([free.id, small.id, large.id]);
    expect(await order('-used.storage')).toEqual([large.id, small.id, free.id]);
    expect(await order('id')).toEqual([small.id, large.id, free.id]);
    expect(await order('-creation_time')).toEqual([free.id, large.id, small.id]);
    const all = await countOf('select count(*) n from quotas');
    const page = await get('?page_size=2&page=2&sort=id');
    expect(page.headers.get('x-total-count')).toBe(String(all));
    expect(await page.json()).toHaveLength(2);
    expect(page.headers.get('link')).toContain('rel="prev"');
  });

  it('knows quotas of projects alone', async () => {
    const { id } = await newProject();
    const none = await get(`?reference=user&reference_id=${id}`);
    expect(await none.json()).toEqual([]);
    expect(none.headers.get('x-total-count')).toBe('0');
    expect(await (await get('?reference_id=x')).json()).toEqual([]);
  });

  it('is for those who may', async () => {
    await insertUser(harness, 'quotas-somebody', 'Passw0rd-somebody');
    expect((await get('', {})).status).toBe(401);
    expect((await get('', basic('quotas-somebody', 'Passw0rd-somebody'))).status).toBe(403);
    expect((await get('?page_size=101')).status).toBe(422);
  });
});

describe('GET /api/v2.0/quotas/{id}', () => {
  it('tells one', async () => {
    const { id } = await newProject(77);
    const quota = await quotaOf(id);
    const response = await get(`/${quota.id}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(quota);
  });

  it('knows no others', async () => {
    const response = await get('/987654');
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toMatchObject({ code: 'NOT_FOUND', message: 'quota 987654 not found' });
    expect((await get('/987654', {})).status).toBe(401);
  });
});

describe('PUT /api/v2.0/quotas/{id}', () => {
  it('sets the limit, and the log says so', async () => {
    const { id, name } = await newProject();
    const quota = await quotaOf(id);
    const response = await put(quota.id, { hard: { storage: 1_024 } });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect((await quotaOf(id)).hard).toEqual({ storage: 1_024 });
    const audit = await testEnv.DB.prepare(
      `select operation, resource, project_id, description from audit_log where resource_type = 'quota' and project_id = ?`,
    )
      .bind(id)
      .first();
    expect(audit).toEqual({
      operation: 'update',
      resource: name,
      project_id: id,
      description: `update quota: ${name}, storage -1 -> 1024`,
    });
  });

  it.each([
    [{}, 'hard required in body'],
    [{ hard: {} }, 'hard required in body'],
    [{ hard: { storage: 0 } }, 'invalid non-positive value for quota limit, value=0'],
    [{ hard: { count: 1 } }, 'resource count not support'],
  ])('refuses %j', async (body, message) => {
    const { id } = await newProject();
    const response = await put((await quotaOf(id)).id, body);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toEqual({ code: 'BAD_REQUEST', message });
  });

  it('is for those who may', async () => {
    const { id } = await newProject();
    const quota = await quotaOf(id);
    expect((await put(quota.id, { hard: { storage: 1 } }, {})).status).toBe(401);
    expect((await put(quota.id, { hard: { storage: 1 } }, basic('quotas-somebody', 'Passw0rd-somebody'))).status).toBe(
      403,
    );
    expect((await put(987_654, { hard: { storage: 1 } })).status).toBe(404);
    expect((await quotaOf(id)).hard.storage).toBe(-1);
  });
});

const objectsOf = async () => (await testEnv.BLOBS.list()).objects.map(({ key }) => key);
const open = (repository: string) => harness.asAdmin('POST', `/v2/${repository}/blobs/uploads/`);
const refusal = (added: string, used: string, hard: string) =>
  `adding ${added} of storage resource, which when updated to current usage of ${used} will exceed the configured upper limit of ${hard}.`;

/** A blob in chunks without a length, so that nobody can refuse it before it has come. */
async function stream(location: string, bytes: Uint8Array): Promise<string> {
  const body = new Blob([bytes]).stream();
  const patched = await harness.asAdmin('PATCH', location, { body });
  expect(patched.status).toBe(202);
  return patched.headers.get('location') ?? '';
}

describe('a push into a project with a limit', () => {
  it('is denied what does not fit, in Harbor’s words, and leaves no object behind', async () => {
    const { name } = await newProject(3_000);
    await pushBlob(harness, `${name}/a`, randomBytes(2_048));
    const objects = await objectsOf();
    const bytes = randomBytes(1_024);
    const location = (await open(`${name}/a`)).headers.get('location') ?? '';
    const body = new Blob([bytes]).stream();
    const response = await harness.asAdmin('PUT', `${location}?digest=${digestOf(bytes)}`, { body });
    expect(response.status).toBe(403);
    expect(await errorOf(response)).toEqual({ code: 'DENIED', message: refusal('1.0 KiB', '2.0 KiB', '2.9 KiB') });
    expect(await objectsOf()).toEqual(objects);
    expect((await harness.asAdmin('HEAD', `/v2/${name}/a/blobs/${digestOf(bytes)}`)).status).toBe(404);
  });

  it('may be finished by the same upload once there is room', async () => {
    const { name, id } = await newProject(100);
    const bytes = randomBytes(101);
    const location = await stream((await open(`${name}/a`)).headers.get('location') ?? '', bytes);
    const finish = () => harness.asAdmin('PUT', `${location}?digest=${digestOf(bytes)}`);
    expect((await finish()).status).toBe(403);
    await limit(id, 101);
    expect((await finish()).status).toBe(201);
    expect((await finish()).status).toBe(201);
    expect((await quotaOf(id)).used.storage).toBe(101);
  });

  it('is denied before its bytes are taken, when it says how many', async () => {
    const { name } = await newProject(100);
    const bytes = randomBytes(101);
    const headers = { 'content-length': '101' };
    const location = (await open(`${name}/a`)).headers.get('location') ?? '';
    const before = await objectsOf();
    const digest = digestOf(bytes);
    for (const response of [
      await harness.asAdmin('PATCH', location, { body: bytes, headers }),
      await harness.asAdmin('PUT', `${location}?digest=${digest}`, { body: bytes, headers }),
      await harness.asAdmin('POST', `/v2/${name}/a/blobs/uploads/?digest=${digest}`, { body: bytes, headers }),
    ]) {
      expect(response.status).toBe(403);
      expect(await errorOf(response)).toEqual({ code: 'DENIED', message: refusal('101 B', '0 B', '100 B') });
    }
    expect(await objectsOf()).toEqual(before);
  });

  it('is denied at its beginning when nothing is left, but what the project holds may come again', async () => {
    const { name, id } = await newProject();
    const bytes = randomBytes(100);
    await pushBlob(harness, `${name}/a`, bytes);
    await limit(id, 50);
    const response = await open(`${name}/b`);
    expect(response.status).toBe(403);
    expect(await errorOf(response)).toEqual({ code: 'DENIED', message: refusal('0 B', '100 B', '50 B') });
    const again = await harness.asAdmin('POST', `/v2/${name}/b/blobs/uploads/?digest=${digestOf(bytes)}`, {
      body: bytes,
      headers: { 'content-length': '100' },
    });
    expect(again.status).toBe(201);
    expect((await quotaOf(id)).used.storage).toBe(100);
  });

  it('is denied a mount that does not fit, and is not told to upload instead', async () => {
    const { name } = await newProject(100);
    const [large, small] = [randomBytes(101), randomBytes(100)];
    for (const bytes of [large, small]) await pushBlob(harness, 'library/quota-source', bytes);
    const scope = `repository:library/quota-source:pull repository:${name}/a:pull,push`;
    const token = await harness.token(scope);
    const mount = (bytes: Uint8Array) =>
      harness.request('POST', `/v2/${name}/a/blobs/uploads/?mount=${digestOf(bytes)}&from=library/quota-source`, {
        headers: { authorization: `Bearer ${token}` },
      });
    const denied = await mount(large);
    expect(denied.status).toBe(403);
    expect(await errorOf(denied)).toEqual({ code: 'DENIED', message: refusal('101 B', '0 B', '100 B') });
    expect((await mount(small)).status).toBe(201);
  });

  it('is denied a manifest that does not fit', async () => {
    const image = randomImage();
    const blobBytes = image.config.length + 100;
    const { name, id } = await newProject(blobBytes + image.manifest.length - 1);
    const denied = await pushImage(harness, `${name}/a`, image, 'latest');
    expect(denied.status).toBe(403);
    expect((await errorOf(denied)).code).toBe('DENIED');
    expect((await quotaOf(id)).used.storage).toBe(blobBytes);
    await limit(id, blobBytes + image.manifest.length);
    expect((await putManifest(harness, `${name}/a`, 'latest', image.manifest, image.mediaType)).status).toBe(201);
  });

  it('counts a blob once for all repositories of the project', async () => {
    const image = randomImage();
    const bytes = image.config.length + 100 + image.manifest.length;
    const { name, id } = await newProject(bytes);
    for (const repository of ['a', 'b']) {
      for (const blob of [image.config, ...image.layers]) {
        const path = `/v2/${name}/${repository}/blobs/uploads/?digest=${digestOf(blob)}`;
        const headers = { 'content-length': String(blob.length) };
        expect((await harness.asAdmin('POST', path, { body: blob, headers })).status).toBe(201);
      }
      const response = await putManifest(harness, `${name}/${repository}`, 'latest', image.manifest, image.mediaType);
      expect(response.status).toBe(201);
    }
    expect((await quotaOf(id)).used.storage).toBe(bytes);
  });

  it('never gets past it, however many come at once', async () => {
    const { name, id } = await newProject(350);
    const uploads = Array.from({ length: 8 }, async (_, index) => {
      const bytes = randomBytes(100);
      const repository = `${name}/r${index % 3}`;
      const location = (await open(repository)).headers.get('location') ?? '';
      const body = new Blob([bytes]).stream();
      return (await harness.asAdmin('PUT', `${location}?digest=${digestOf(bytes)}`, { body })).status;
    });
    expect((await Promise.all(uploads)).sort()).toEqual([201, 201, 201, 403, 403, 403, 403, 403]);
    expect((await quotaOf(id)).used.storage).toBe(300);
  });

  it('is not limited while quotas are switched off', async () => {
    const { name, id } = await newProject(10);
    const bytes = randomBytes(20);
    await setEnforced(false);
    try {
      await pushBlob(harness, `${name}/a`, bytes);
    } finally {
      await setEnforced(true);
    }
    expect((await quotaOf(id)).used.storage).toBe(20);
    harness.clock.advance(11_000);
    expect((await open(`${name}/a`)).status).toBe(403);
  });

  it('is not limited where the deployment has switched quotas off', async () => {
    const { name } = await newProject(10);
    const fixed = createHarness({ CONFIG_OVERWRITE_JSON: '{"quota_per_project_enable":false}' } as never);
    try {
      await fixed.services.configuration.current();
      await pushBlob(fixed, `${name}/a`, randomBytes(20));
    } finally {
      await setEnforced(true);
    }
  });
});
