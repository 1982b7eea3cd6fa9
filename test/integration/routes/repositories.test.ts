import { beforeAll, describe, expect, it } from 'vitest';
import { createHarness } from '#test/support/harness';
import { descriptor, jsonBytes, pushImage, putManifest, randomImage } from '#test/support/images';
import { asAdmin, basic, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

const harness = createHarness();
const asGuest = basic('repositories-guest', 'Passw0rd-guest');
const asStranger = basic('repositories-stranger', 'Passw0rd-stranger');
const PROJECT = 'repositories';
const base = `/api/v2.0/projects/${PROJECT}/repositories`;
const api = (path: string, headers: Record<string, string> = asAdmin, method = 'GET') =>
  harness.request(method, `${base}${path}`, { headers });
const namesOf = async (response: Response) => ((await response.json()) as { name: string }[]).map(({ name }) => name);

/** As clients send it: slashes encoded twice. */
const inPath = (name: string) => encodeURIComponent(encodeURIComponent(name));

beforeAll(async () => {
  const guest = await insertUser(harness, 'repositories-guest', 'Passw0rd-guest');
  await insertUser(harness, 'repositories-stranger', 'Passw0rd-stranger');
  await insertProject(harness, PROJECT, { members: { [guest]: 3 } });
});

const without = (record: Record<string, unknown>, key: string) =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));

/** Pushes an image to the project; answers its digest. */
async function push(repository: string, tag?: string) {
  const image = randomImage();
  const response = await pushImage(harness, `${PROJECT}/${repository}`, image, tag);
  expect(response.status).toBe(201);
  return image;
}

describe('GET /api/v2.0/projects/{project_name}/repositories', () => {
  it('lists repositories by name, with a total and pages', async () => {
    for (const name of ['team/b', 'a', 'c']) await push(name, 'latest');
    const response = await api('?page_size=2&sort=name');
    expect(response.headers.get('x-total-count')).toBe('3');
    expect(response.headers.get('link')).toBe(`<${base}?page=2&page_size=2&sort=name>; rel="next"`);
    expect(await namesOf(response)).toEqual([`${PROJECT}/a`, `${PROJECT}/c`]);
    expect(await namesOf(await api('?page_size=2&page=2&sort=name'))).toEqual([`${PROJECT}/team/b`]);
  });

  it('filters by the full name, exactly or in part, and sorts', async () => {
    harness.clock.advance(1_000);
    for (const name of ['found/x', 'found/y']) {
      harness.clock.advance(1_000);
      await push(name, 'latest');
    }
    const listed = async (query: string) => namesOf(await api(`?${query}`));
    const [x, y] = [`${PROJECT}/found/x`, `${PROJECT}/found/y`];
    expect(await listed('q=name%3D~found')).toEqual([y, x]);
    expect(await listed(`q=name%3D${encodeURIComponent(y)}`)).toEqual([y]);
    expect(await listed('q=name%3Dfound')).toEqual([]);
    expect(await listed('q=name%3D~found&sort=-name')).toEqual([y, x]);
    expect(await listed('q=name%3D~found&sort=-creation_time')).toEqual([y, x]);
    expect((await api('?q=name%3D~found')).headers.get('x-total-count')).toBe('2');
  });

  it('lists the newest first when no order is asked for', async () => {
    const [first = ''] = await namesOf(await api('?page_size=1'));
    expect(first).toBe(`${PROJECT}/found/y`);
  });

  it.each([
    ['q=name%3D~FOUND%2FX', ['found/x']],
    ['q=name%3D~ories%2Ffound', ['found/x', 'found/y']],
    ['q=name%3D~s%2Ft', ['team/b']],
    ['q=name%3D~repositories%2F&page_size=1', ['a']],
    [`q=name%3D%7B${PROJECT}%2Fa+${PROJECT}%2Fteam%2Fb+other%2Fa%7D`, ['a', 'team/b']],
    ['q=name%3Dother%2Fa', []],
    ['q=name%3D~%27+or+1', []],
    ['q=name%3D~%25', []],
    ['q=name%3D~_', []],
    ['q=pull_count%3D1', []],
    ['q=pull_count%3D%5B~0%5D&page_size=1', ['a']],
    ['q=creation_time%3D%5B~2001-01-01T00%3A00%3A00%5D', []],
    ['q=name%3D~found,update_time%3D%5B2001-01-01T00%3A00%3A00~%5D', ['found/x', 'found/y']],
  ])('filters by %s', async (query, names) => {
    const listed = await namesOf(await api(`?sort=name&${query}`));
    expect(listed).toEqual(names.map((name) => `${PROJECT}/${name}`));
  });

  it('sorts by pulls and by the last change', async () => {
    await testEnv.DB.prepare(
      `update repositories set pull_count = 9, updated_at_ms = 1 where name = 'c'
         and project_id = (select id from projects where name = ?)`,
    )
      .bind(PROJECT)
      .run();
    const first = async (sort: string) => (await namesOf(await api(`?page_size=1&sort=${sort}`)))[0];
    expect([await first('-pull_count'), await first('update_time')]).toEqual([`${PROJECT}/c`, `${PROJECT}/c`]);
  });

  it('refuses a filter it does not have', async () => {
    expect((await api('?q=description%3D~x')).status).toBe(400);
  });

  it('is for members', async () => {
    expect((await api('', {})).status).toBe(401);
    expect((await api('', asStranger)).status).toBe(403);
    expect((await api('', asGuest)).status).toBe(200);
    expect((await harness.request('GET', '/api/v2.0/projects/absent/repositories', { headers: asAdmin })).status).toBe(
      404,
    );
  });
});

describe('GET /api/v2.0/projects/{project_name}/repositories/{repository_name}', () => {
  it('finds a nested name, encoded twice or once', async () => {
    await push('deep/er/app', '1');
    for (const path of [inPath('deep/er/app'), encodeURIComponent('deep/er/app')]) {
      const response = await api(`/${path}`, asGuest);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ name: `${PROJECT}/deep/er/app`, artifact_count: 1, pull_count: 0 });
    }
  });

  it.each([
    ['absent', 404],
    ['Upper', 400],
    ['%25zz', 400],
  ])('answers the name %s with %i', async (name, status) => {
    expect((await api(`/${name}`)).status).toBe(status);
  });

  it('answers strangers as if there were no project', async () => {
    expect((await api('/absent', {})).status).toBe(401);
    expect((await api('/absent', asStranger)).status).toBe(403);
  });
});

describe('PUT /api/v2.0/projects/{project_name}/repositories/{repository_name}', () => {
  const put = (path: string, body: unknown, headers: Record<string, string> = asAdmin) =>
    harness.request('PUT', `${base}${path}`, {
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('changes the description, and nothing else', async () => {
    await push('described/app', '1');
    const path = `/${inPath('described/app')}`;
    const before = (await (await api(path)).json()) as Record<string, unknown>;
    harness.clock.advance(1_000);
    const body = { ...before, name: `${PROJECT}/renamed`, pull_count: 7, description: '# What it is' };
    expect((await put(path, body)).status).toBe(200);
    const { update_time, ...after } = (await (await api(path)).json()) as Record<string, unknown>;
    expect(after).toEqual({ ...without(before, 'update_time'), description: '# What it is' });
    expect(update_time).not.toBe(before['update_time']);
    const audit = await testEnv.DB.prepare(
      `select username from audit_log where operation = 'update' and resource_type = 'repository' and resource = ?`,
    )
      .bind(`${PROJECT}/described/app`)
      .all();
    expect(audit.results).toEqual([{ username: 'admin' }]);
    expect((await put(path, { description: null })).status).toBe(200);
    expect(await (await api(path)).json()).not.toHaveProperty('description');
  });

  it.each([
    ['/absent', { description: 'x' }, 404],
    ['/Upper', { description: 'x' }, 400],
    ['/a', { description: 'x'.repeat(25_001) }, 400],
    ['/a', { description: 7 }, 422],
  ])('answers a change of %s by %o with its own status', async (path, body, status) => {
    expect((await put(path, body)).status).toBe(status);
  });

  it('is for those who may', async () => {
    expect((await put('/a', { description: 'x' }, {})).status).toBe(401);
    expect((await put('/a', { description: 'x' }, asGuest)).status).toBe(403);
    expect((await put('/a', { description: 'x' }, asStranger)).status).toBe(403);
  });
});

describe('DELETE /api/v2.0/projects/{project_name}/repositories/{repository_name}', () => {
  it('removes the repository with its artifacts', async () => {
    await push('short-lived/app', '1');
    const path = `/${inPath('short-lived/app')}`;
    expect((await api(path, asGuest, 'DELETE')).status).toBe(403);
    expect((await api(path, {}, 'DELETE')).status).toBe(401);
    expect((await api(path, asAdmin, 'DELETE')).status).toBe(200);
    expect((await api(path)).status).toBe(404);
    expect((await api(path, asAdmin, 'DELETE')).status).toBe(404);
    expect((await harness.asAdmin('GET', `/v2/${PROJECT}/short-lived/app/manifests/1`)).status).toBe(404);
  });
});

describe('GET …/artifacts', () => {
  it('shows artifacts with their tags, newest first', async () => {
    const first = await push('artifacts', '1');
    harness.clock.advance(1_000);
    const second = await push('artifacts', '2');
    const response = await api('/artifacts/artifacts', asGuest);
    expect(response.headers.get('x-total-count')).toBe('2');
    const [newest, oldest] = (await response.json()) as Record<string, unknown>[];
    expect(newest).toMatchObject({
      type: 'IMAGE',
      digest: second.digest,
      media_type: 'application/vnd.oci.image.config.v1+json',
      manifest_media_type: 'application/vnd.oci.image.manifest.v1+json',
      repository_name: `${PROJECT}/artifacts`,
      size: second.manifest.length + second.config.length + 100,
      tags: [{ name: '2', immutable: false }],
      pull_time: '0001-01-01T00:00:00.000Z',
      labels: null,
    });
    expect(oldest).toMatchObject({ digest: first.digest });
    const [front] = (await (await api('/artifacts/artifacts?sort=push_time')).json()) as object[];
    expect(front).toMatchObject({ digest: first.digest });
  });

  it('refuses to filter, rather than list what was not asked for', async () => {
    await push('unfiltered', '1');
    const response = await api('/unfiltered/artifacts?q=color%3Dred');
    expect([response.status, (await errorOf(response)).code]).toEqual([400, 'BAD_REQUEST']);
  });

  it('leaves the tags out when they are not wanted', async () => {
    await push('untold', '1');
    const [artifact] = (await (await api('/untold/artifacts?with_tag=false')).json()) as object[];
    expect(artifact).toMatchObject({ tags: null });
  });

  it('is for those who may read', async () => {
    expect((await api('/absent/artifacts')).status).toBe(404);
    expect((await api('/absent/artifacts', {})).status).toBe(401);
    expect((await api('/absent/artifacts', asStranger)).status).toBe(403);
    expect((await api('/absent/artifacts?page_size=1000')).status).toBe(422);
  });
});

describe('GET …/artifacts/{reference}', () => {
  it('finds by tag and by digest', async () => {
    const image = await push('found/app', '1.0');
    for (const reference of ['1.0', image.digest]) {
      const response = await api(`/${inPath('found/app')}/artifacts/${reference}`, asGuest);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ digest: image.digest });
    }
  });

  it.each(['absent', `sha256:${'0'.repeat(64)}`, 'sha256:1', '-'])('answers %s with NOT_FOUND', async (reference) => {
    await push('searched', '1');
    const response = await api(`/searched/artifacts/${reference}`);
    expect(response.status).toBe(404);
    expect((await errorOf(response)).code).toBe('NOT_FOUND');
  });
});

describe('DELETE …/artifacts/{reference}', () => {
  it('deletes the artifact with all its tags', async () => {
    const image = await push('removed', '1');
    await putManifest(harness, `${PROJECT}/removed`, '2', image.manifest, image.mediaType);
    expect((await api('/removed/artifacts/1', asGuest, 'DELETE')).status).toBe(403);
    expect((await api('/removed/artifacts/1', {}, 'DELETE')).status).toBe(401);
    expect((await api('/removed/artifacts/1', asAdmin, 'DELETE')).status).toBe(200);
    expect((await api('/removed/artifacts/2')).status).toBe(404);
    expect((await api('/removed/artifacts/1', asAdmin, 'DELETE')).status).toBe(404);
  });

  it('refuses the child of an index', async () => {
    const child = await push('indexed', 'child');
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const index = jsonBytes({ schemaVersion: 2, mediaType, manifests: [descriptor(child.manifest, child.mediaType)] });
    expect((await putManifest(harness, `${PROJECT}/indexed`, 'all', index, mediaType)).status).toBe(201);
    const response = await api(`/indexed/artifacts/${child.digest}`, asAdmin, 'DELETE');
    expect(response.status).toBe(412);
    expect((await errorOf(response)).code).toBe('VIOLATE_FOREIGN_KEY_CONSTRAINT');
  });
});
