import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_LABELS_OF_ARTIFACT, MAX_LABELS_OF_SCOPE } from '#domain/labels/label-store';
import { createHarness } from '#test/support/harness';
import { pushImage, randomImage } from '#test/support/images';
import { asAdmin, basic, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

const harness = createHarness();
const PASSWORD = 'Passw0rd-labels';
const asMaintainer = basic('labels-maintainer', PASSWORD);
const asGuest = basic('labels-guest', PASSWORD);
const asStranger = basic('labels-stranger', PASSWORD);
type Headers = Readonly<Record<string, string>>;
let projectId = 0;
let otherId = 0;

const request = (method: string, path: string, headers: Headers = asAdmin, body?: unknown) =>
  harness.request(method, `/api/v2.0${path}`, {
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const get = (path: string, headers?: Headers) => request('GET', path, headers);
const namesOf = async (response: Response) => ((await response.json()) as { name: string }[]).map(({ name }) => name);

/** Creates a label; answers its id. */
async function create(label: Readonly<Record<string, unknown>>, headers: Headers = asAdmin): Promise<number> {
  const response = await request('POST', '/labels', headers, label);
  expect(response.status).toBe(201);
  const location = response.headers.get('location') ?? '';
  expect(location).toMatch(/^\/api\/v2\.0\/labels\/\d+$/);
  return Number(location.split('/').at(-1));
}

const ofProject = (name: string, more = {}) => ({ scope: 'p', project_id: projectId, name, ...more });

beforeAll(async () => {
  const maintainer = await insertUser(harness, 'labels-maintainer', PASSWORD);
  const guest = await insertUser(harness, 'labels-guest', PASSWORD);
  await insertUser(harness, 'labels-stranger', PASSWORD);
  projectId = await insertProject(harness, 'labelled', { members: { [maintainer]: 4, [guest]: 3 } });
  otherId = await insertProject(harness, 'labelled-otherwise', { members: { [maintainer]: 4 } });
});

describe('POST /api/v2.0/labels', () => {
  it('makes a label of the registry, which belongs to no project', async () => {
    const id = await create({ scope: 'g', name: 'approved', color: '#0065ab', project_id: projectId });
    const response = await get(`/labels/${id}`);
    expect(response.status).toBe(200);
    const { creation_time, update_time, ...label } = (await response.json()) as Record<string, unknown>;
    expect(label).toEqual({ id, name: 'approved', color: '#0065ab', scope: 'g' });
    expect(update_time).toBe(creation_time);
  });

  it('makes a label of a project for its maintainers', async () => {
    const id = await create(ofProject('beta', { description: 'not yet', color: null }), asMaintainer);
    expect(await (await get(`/labels/${id}`, asGuest)).json()).toMatchObject({
      name: 'beta',
      description: 'not yet',
      scope: 'p',
      project_id: projectId,
    });
    const audit = await testEnv.DB.prepare(
      `select operation, username, project_id from audit_log where resource_type = 'label' and resource = 'beta'`,
    ).first();
    expect(audit).toEqual({ operation: 'create', username: 'labels-maintainer', project_id: projectId });
  });

  it('refuses a name that is taken in the scope, and takes it in another', async () => {
    await create(ofProject('twice'));
    const again = await request('POST', '/labels', asAdmin, ofProject('twice'));
    expect([again.status, (await errorOf(again)).code]).toEqual([409, 'CONFLICT']);
    await create({ scope: 'p', project_id: otherId, name: 'twice' });
    await create({ scope: 'g', name: 'twice' });
  });

  it.each([
    ['no scope', { name: 'x' }],
    ['another scope', { scope: 'x', name: 'x' }],
    ['a project without id', { scope: 'p', name: 'x' }],
    ['a negative project', { scope: 'p', project_id: -1, name: 'x' }],
    ['no name', { scope: 'g' }],
    ['a long name', { scope: 'g', name: 'é'.repeat(65) }],
    ['a NUL in the name', { scope: 'g', name: 'a\u0000b' }],
    ['a long description', { scope: 'g', name: 'x', description: 'x'.repeat(1_025) }],
    ['a long color', { scope: 'g', name: 'x', color: 'x'.repeat(17) }],
  ])('refuses %s with 400', async (_, label) => {
    const response = await request('POST', '/labels', asAdmin, label);
    expect([response.status, (await errorOf(response)).code]).toEqual([400, 'BAD_REQUEST']);
  });

  it('refuses what is no label', async () => {
    expect((await request('POST', '/labels', asAdmin, { scope: 'g', name: 7 })).status).toBe(422);
    const headers = { ...asAdmin, 'content-type': 'text/plain' };
    expect((await harness.request('POST', '/api/v2.0/labels', { headers, body: '{}' })).status).toBe(415);
  });

  it('is for those who may', async () => {
    expect((await request('POST', '/labels', {}, { scope: 'g', name: 'x' })).status).toBe(401);
    expect((await request('POST', '/labels', asMaintainer, { scope: 'g', name: 'x' })).status).toBe(403);
    expect((await request('POST', '/labels', asGuest, ofProject('x'))).status).toBe(403);
    expect((await request('POST', '/labels', asStranger, ofProject('x'))).status).toBe(403);
    const absent = { scope: 'p', project_id: 987_654, name: 'x' };
    expect((await request('POST', '/labels', asMaintainer, absent)).status).toBe(403);
    expect((await request('POST', '/labels', asAdmin, absent)).status).toBe(404);
  });

  it('refuses more labels than a scope may have', async () => {
    const full = await insertProject(harness, 'labelled-full');
    await testEnv.DB.prepare(
      `insert into labels (name, project_id, created_at_ms, updated_at_ms)
         select 'n' || value, ?1, 0, 0 from json_each(?2)`,
    )
      .bind(full, JSON.stringify(Array.from({ length: MAX_LABELS_OF_SCOPE }, (_, index) => index)))
      .run();
    const response = await request('POST', '/labels', asAdmin, { scope: 'p', project_id: full, name: 'more' });
    expect([response.status, (await errorOf(response)).code]).toEqual([412, 'PRECONDITION']);
  });
});

describe('GET /api/v2.0/labels', () => {
  let listedId = 0;
  const list = (query: string, headers?: Headers) =>
    get(`/labels?scope=p&project_id=${listedId}${query && `&${query}`}`, headers);

  beforeAll(async () => {
    listedId = await insertProject(harness, 'labelled-listed');
    for (const name of ['b', 'Ab', 'c%_']) {
      harness.clock.advance(1_000);
      await create({ scope: 'p', project_id: listedId, name, color: name === 'b' ? '#000000' : '' });
    }
  });

  it('lists those of a project, with a total and pages', async () => {
    const response = await list('page_size=2');
    expect(response.headers.get('x-total-count')).toBe('3');
    expect(response.headers.get('link')).toContain('rel="next"');
    expect(await namesOf(response)).toEqual(['b', 'Ab']);
  });

  it.each([
    ['name=AB', ['Ab']],
    ['name=%25', ['c%_']],
    ['name=%27', []],
    ['q=name%3Db', ['b']],
    ['q=name%3D~b', ['b', 'Ab']],
    ['q=name%3D%7Bb+Ab%7D', ['b', 'Ab']],
    ['q=color%3D%23000000', ['b']],
    ['sort=name', ['Ab', 'b', 'c%_']],
    ['sort=-creation_time', ['c%_', 'Ab', 'b']],
  ])('filters and sorts by %s', async (query, names) => {
    expect(await namesOf(await list(query))).toEqual(names);
  });

  it('shows labels of the registry to anybody, and no others', async () => {
    await create({ scope: 'g', name: 'labels-for-all' });
    const response = await get('/labels?scope=g&name=labels-for-all', {});
    expect(response.status).toBe(200);
    expect(await namesOf(response)).toEqual(['labels-for-all']);
    expect(await namesOf(await get('/labels?scope=g&name=c%25_', {}))).toEqual([]);
  });

  it.each(['', '?scope=x', '?scope=p', '?scope=p&project_id=0', '?scope=g&q=nothing%3D1', '?scope=g&q=x'])(
    'refuses %s with 400',
    async (query) => {
      expect((await get(`/labels${query}`)).status).toBe(400);
    },
  );

  it('is for those who may see the project', async () => {
    expect((await list('', {})).status).toBe(401);
    expect((await list('', asStranger)).status).toBe(403);
    expect((await get('/labels?scope=p&project_id=987654')).status).toBe(404);
    expect((await get('/labels?scope=g&page_size=101')).status).toBe(422);
  });
});

describe('/api/v2.0/labels/{label_id}', () => {
  it('changes what a label says, never where it belongs', async () => {
    const id = await create(ofProject('before', { color: '#111111' }));
    harness.clock.advance(1_000);
    const body = { name: 'after', description: 'new', scope: 'g', project_id: otherId };
    expect((await request('PUT', `/labels/${id}`, asMaintainer, body)).status).toBe(200);
    const label = (await (await get(`/labels/${id}`)).json()) as Record<string, string>;
    expect(label).toMatchObject({ name: 'after', description: 'new', scope: 'p', project_id: projectId });
    expect(label).not.toHaveProperty('color');
    expect(Date.parse(label['update_time'] ?? '')).toBeGreaterThan(Date.parse(label['creation_time'] ?? ''));
  });

  it('refuses another label’s name, and keeps its own', async () => {
    await create(ofProject('held'));
    const id = await create(ofProject('holder'));
    expect((await request('PUT', `/labels/${id}`, asAdmin, { name: 'held' })).status).toBe(409);
    expect((await request('PUT', `/labels/${id}`, asAdmin, { name: '' })).status).toBe(400);
    expect((await request('PUT', `/labels/${id}`, asAdmin, { name: 'holder', color: '#222222' })).status).toBe(200);
  });

  it('deletes a label', async () => {
    const id = await create(ofProject('short-lived'));
    expect((await request('DELETE', `/labels/${id}`, asGuest)).status).toBe(403);
    expect((await request('DELETE', `/labels/${id}`, asMaintainer)).status).toBe(200);
    expect((await get(`/labels/${id}`)).status).toBe(404);
    expect((await request('DELETE', `/labels/${id}`)).status).toBe(404);
  });

  it('is for those who may', async () => {
    const ofRegistry = await create({ scope: 'g', name: 'labels-of-registry' });
    const id = await create(ofProject('watched'));
    expect((await get(`/labels/${id}`, {})).status).toBe(401);
    for (const label of [id, ofRegistry, 987_654]) {
      expect((await get(`/labels/${label}`, asStranger)).status).toBe(403);
      expect((await request('PUT', `/labels/${label}`, asStranger, { name: 'x' })).status).toBe(403);
      expect((await request('DELETE', `/labels/${label}`, asStranger)).status).toBe(403);
    }
    expect((await get(`/labels/${ofRegistry}`, asMaintainer)).status).toBe(403);
    expect((await get('/labels/x')).status).toBe(422);
    expect((await request('PUT', '/labels/987654', asAdmin, { name: 'x' })).status).toBe(404);
  });
});

describe('labels of an artifact', () => {
  const attach = (reference: string, id: number, headers: Headers = asMaintainer) =>
    request('POST', `/projects/labelled/repositories/team%252Fapp/artifacts/${reference}/labels`, headers, { id });
  const detach = (reference: string, id: number, headers: Headers = asMaintainer) =>
    request('DELETE', `/projects/labelled/repositories/team%252Fapp/artifacts/${reference}/labels/${id}`, headers);
  const carried = async () => {
    const { results } = await testEnv.DB.prepare(
      `select al.label_id from artifact_labels al join artifacts a on a.id = al.artifact_id
         join repositories r on r.id = a.repository_id where r.project_id = ? order by al.label_id`,
    )
      .bind(projectId)
      .all<{ label_id: number }>();
    return results.map((row) => row.label_id);
  };
  let digest = '';

  beforeAll(async () => {
    const image = randomImage();
    expect((await pushImage(harness, 'labelled/team/app', image, '1')).status).toBe(201);
    digest = image.digest;
  });

  it('are put on by tag or digest, and taken off', async () => {
    const [one, two] = [await create(ofProject('one')), await create({ scope: 'g', name: 'labels-two' })];
    expect((await attach('1', one)).status).toBe(200);
    expect((await attach(digest, two)).status).toBe(200);
    expect(await carried()).toEqual([one, two]);
    const again = await attach(digest, one);
    expect([again.status, (await errorOf(again)).code]).toEqual([409, 'CONFLICT']);
    expect((await detach(digest, one)).status).toBe(200);
    expect(await carried()).toEqual([two]);
    const gone = await detach('1', one);
    expect([gone.status, (await errorOf(gone)).code]).toEqual([404, 'NOT_FOUND']);
    const audit = await testEnv.DB.prepare(
      `select description from audit_log where resource = ? and operation = 'update' order by id`,
    )
      .bind(`labelled/team/app@${digest}`)
      .all<{ description: string }>();
    expect(audit.results[0]?.description).toBe(`add label ${one}: labelled/team/app@${digest}`);
  });

  it('go with the label', async () => {
    const id = await create(ofProject('falls-off'));
    expect((await attach('1', id)).status).toBe(200);
    expect((await request('DELETE', `/labels/${id}`)).status).toBe(200);
    expect(await carried()).not.toContain(id);
  });

  it('are the registry’s or the project’s own', async () => {
    const foreign = await create({ scope: 'p', project_id: otherId, name: 'foreign' });
    for (const id of [foreign, 987_654]) expect((await attach('1', id)).status).toBe(404);
    expect(
      (await request('POST', '/projects/labelled/repositories/team%252Fapp/artifacts/1/labels', asAdmin, {})).status,
    ).toBe(404);
    expect(await carried()).not.toContain(foreign);
  });

  it('need an artifact', async () => {
    const id = await create(ofProject('unattached'));
    for (const reference of ['absent', `sha256:${'0'.repeat(64)}`]) {
      expect((await attach(reference, id)).status).toBe(404);
      expect((await detach(reference, id)).status).toBe(404);
    }
  });

  it('are for those who may', async () => {
    const id = await create(ofProject('guarded'));
    for (const act of [attach, detach]) {
      expect((await act('1', id, {})).status).toBe(401);
      expect((await act('1', id, asGuest)).status).toBe(403);
      expect((await act('1', id, asStranger)).status).toBe(403);
    }
  });

  it('are at most so many', async () => {
    const artifact = '(select a.id from artifacts a where a.digest = ?1)';
    const names = JSON.stringify(Array.from({ length: MAX_LABELS_OF_ARTIFACT + 1 }, (_, index) => index));
    await testEnv.DB.batch([
      testEnv.DB.prepare(
        `insert into labels (name, project_id, created_at_ms, updated_at_ms) select 'many-' || value, ?2, 0, 0 from json_each(?1)`,
      ).bind(names, projectId),
      testEnv.DB.prepare(`delete from artifact_labels where artifact_id = ${artifact}`).bind(digest),
      testEnv.DB.prepare(
        `insert into artifact_labels (artifact_id, label_id) select ${artifact}, id from labels
           where project_id = ?2 and name like 'many-%' order by id limit ?3`,
      ).bind(digest, projectId, MAX_LABELS_OF_ARTIFACT),
    ]);
    const last = await testEnv.DB.prepare('select max(id) id from labels where project_id = ?')
      .bind(projectId)
      .first<number>('id');
    const response = await attach('1', last ?? 0);
    expect([response.status, (await errorOf(response)).code]).toEqual([412, 'PRECONDITION']);
  });
});
