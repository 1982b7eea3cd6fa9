import { beforeAll, describe, expect, it } from 'vitest';
import { asAdmin, basic, createServer, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

const server = createServer();
const asOwner = basic('projects-owner', 'Passw0rd-owner');
const asStranger = basic('projects-stranger', 'Passw0rd-stranger');
const api = (path: string, init: RequestInit = {}) => server.request(`/api/v2.0${path}`, init);
const create = (body: unknown, headers: Record<string, string> = asOwner) =>
  api('/projects', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

beforeAll(async () => {
  await insertUser(server, 'projects-owner', 'Passw0rd-owner');
  await insertUser(server, 'projects-stranger', 'Passw0rd-stranger');
});

describe('POST /api/v2.0/projects', () => {
  it('creates a private project whose creator administers it', async () => {
    const response = await create({ project_name: 'created', metadata: { auto_scan: 'true' }, storage_limit: -1 });
    expect(response.status).toBe(201);
    expect(await response.text()).toBe('');
    const location = response.headers.get('location') ?? '';
    expect(location).toMatch(/^\/api\/v2\.0\/projects\/\d+$/);
    const project = await (await server.request(location, { headers: asOwner })).json();
    expect(project).toMatchObject({
      name: 'created',
      owner_name: 'projects-owner',
      current_user_role_id: 1,
      current_user_role_ids: [1],
      repo_count: 0,
      metadata: { public: 'false', auto_scan: 'true' },
      creation_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  it('keeps metadata as they are read, and passes over what only a proxy cache has', async () => {
    const metadata = { severity: 'High', auto_scan: 'T', prevent_vul: '', proxy_speed_kb: 'x', max_upstream_conn: '0' };
    expect((await create({ project_name: 'with-metadata', metadata })).status).toBe(201);
    const project = await (await api('/projects/with-metadata', { headers: asOwner })).json();
    expect(project).toMatchObject({ metadata: { public: 'false', severity: 'high', auto_scan: 'true' } });
    expect(Object.keys((project as { metadata: object }).metadata)).toHaveLength(3);
  });

  it('begins with an empty allowlist, or with the one that is given', async () => {
    await create({ project_name: 'no-allowlist' });
    const empty = (await (await api('/projects/no-allowlist', { headers: asOwner })).json()) as Record<string, unknown>;
    expect(empty).toMatchObject({ cve_allowlist: { project_id: empty['project_id'], items: [] } });
    const allowlist = { expires_at: 1_900_000_000, items: [{ cve_id: 'CVE-2019-1' }] };
    await create({ project_name: 'with-allowlist', cve_allowlist: allowlist });
    const given = await (await api('/projects/with-allowlist', { headers: asOwner })).json();
    expect(given).toMatchObject({ cve_allowlist: allowlist });
  });

  it.each<[string, Record<string, string>, number | undefined, number]>([
    ['an administrator', asAdmin, 5_000, 5_000],
    ['an administrator', asAdmin, -1, -1],
    ['an administrator', asAdmin, 0, 1_000],
    ['an administrator', asAdmin, undefined, 1_000],
    ['somebody else', asOwner, 5_000, 1_000],
    ['somebody else', asOwner, -1, 1_000],
    ['somebody else', asOwner, undefined, 1_000],
  ])('gives a project of %s that asks for %i bytes the limit it may have', async (_who, headers, asked, limit) => {
    const { configuration, projects } = server.services;
    const actor = { username: 'admin', sourceAddress: undefined };
    await configuration.update({ storage_per_project: 1_000 }, actor);
    const name = `limited-${crypto.randomUUID()}`;
    expect((await create({ project_name: name, storage_limit: asked }, headers)).status).toBe(201);
    await configuration.update({ storage_per_project: -1 }, actor);
    const { id } = (await projects.find(name)) ?? { id: 0 };
    const quota = await testEnv.DB.prepare('select hard_bytes from quotas where project_id = ?').bind(id).first();
    expect(quota).toEqual({ hard_bytes: limit });
  });

  it('refuses a limit that is none in the words of Harbor', async () => {
    const response = await create({ project_name: 'below-nothing', storage_limit: -2 }, asAdmin);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toEqual({
      code: 'BAD_REQUEST',
      message: 'invalid non-positive value for quota limit, value=-2',
    });
    expect(await server.services.projects.find('below-nothing')).toBeUndefined();
  });

  it('writes who did it to the audit log', async () => {
    const addresses = { 'cf-connecting-ip': '192.0.2.7', 'x-forwarded-for': '198.51.100.1' };
    await create({ project_name: 'audited' }, { ...asOwner, ...addresses });
    const row = await testEnv.DB.prepare(`select * from audit_log where resource = 'audited'`).first();
    expect(row).toMatchObject({
      operation: 'create',
      resource_type: 'project',
      username: 'projects-owner',
      source_address: '192.0.2.7',
      project_id: (await server.services.projects.find('audited'))?.id,
    });
  });

  it('puts the name into the location when asked to', async () => {
    const response = await create({ project_name: 'located' }, { ...asOwner, 'x-resource-name-in-location': 'true' });
    expect(response.headers.get('location')).toBe('/api/v2.0/projects/located');
  });

  it.each([
    [{ metadata: { public: 'true' } }, 'true'],
    [{ public: true }, 'true'],
    [{ public: true, metadata: { public: 'false' } }, 'false'],
    [{ metadata: { public: 'TRUE' } }, 'true'],
    [{ metadata: { public: '1' } }, 'true'],
    [{ public: true, metadata: { public: 'f' } }, 'false'],
  ])('reads whether it is public from %j', async (visibility, expected) => {
    const name = `visible-${crypto.randomUUID()}`;
    await create({ project_name: name, ...visibility });
    const project = await (await api(`/projects/${name}`, { headers: asOwner })).json();
    expect(project).toMatchObject({ metadata: { public: expected } });
  });

  it('refuses a name that is taken', async () => {
    await create({ project_name: 'taken' });
    const response = await create({ project_name: 'taken' });
    expect(response.status).toBe(409);
    expect((await errorOf(response)).code).toBe('CONFLICT');
  });

  it('lets one of two that race for a name win', async () => {
    const responses = await Promise.all([create({ project_name: 'raced' }), create({ project_name: 'raced' })]);
    expect(responses.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it.each(['', 'Upper', '-a', 'a-', 'a__b', 'a/b', 'a b', 'a#1'])('refuses the name %j', async (name) => {
    const response = await create({ project_name: name });
    expect(response.status).toBe(400);
    expect((await errorOf(response)).code).toBe('BAD_REQUEST');
  });

  it.each<[number, unknown]>([
    [400, '{'],
    [422, '[]'],
    [400, {}],
    [422, { project_name: 'x'.repeat(256) }],
    [422, { project_name: 7 }],
    [422, { project_name: 'x', metadata: 'public' }],
    [400, { project_name: 'proxy', registry_id: 1 }],
    [400, { project_name: 'x', metadata: { public: 'yes' } }],
    [400, { project_name: 'x', metadata: { auto_scan: 'sometimes' } }],
    [400, { project_name: 'x', metadata: { severity: 'awful' } }],
    [400, { project_name: 'x', metadata: { retention_id: '1' } }],
    [400, { project_name: 'x', cve_allowlist: { items: [{ cve_id: ' ' }] } }],
    [422, { project_name: 'x', storage_limit: 'much' }],
  ])('answers %i to the body %j', async (status, body) => {
    expect((await create(body)).status).toBe(status);
  });

  it('makes none for an account that has just been deleted elsewhere', async () => {
    const id = await insertUser(server, 'projects-gone', 'Passw0rd-gone');
    const asGone = basic('projects-gone', 'Passw0rd-gone');
    expect((await api('/users/current', { headers: asGone })).status).toBe(200);
    const deleted = await createServer().request(`/api/v2.0/users/${id}`, { method: 'DELETE', headers: asAdmin });
    expect(deleted.status).toBe(200);
    const response = await create({ project_name: 'of-nobody' }, asGone);
    expect([response.status, (await errorOf(response)).code]).toEqual([401, 'UNAUTHORIZED']);
    expect((await api('/projects/of-nobody', { headers: asAdmin })).status).toBe(404);
  });

  it.each([
    ['a value', '{"project_name":"unpaired","metadata":{"severity":"\\ud800"}}'],
    ['a list', '{"project_name":"unpaired","cve_allowlist":{"items":[{"cve_id":"CVE-\\udfff"}]}}'],
    ['a key', '{"project_name":"unpaired","metadata":{"\\udc00":"x"}}'],
  ])('refuses half a pair of surrogates in %s', async (_, body) => {
    const response = await create(body);
    expect([response.status, await errorOf(response)]).toEqual([
      400,
      { code: 'BAD_REQUEST', message: 'the body is not well-formed Unicode' },
    ]);
  });

  it('says what is wrong with a body that is no object', async () => {
    expect((await errorOf(await create('[]'))).message).toBe('body must be of type object: array');
  });

  it('refuses bodies that are not JSON, and those over 1 MiB', async () => {
    expect((await create('a=b', { ...asOwner, 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
    expect((await create({ project_name: 'x'.repeat(2 ** 20) })).status).toBe(413);
  });

  it('is for accounts only', async () => {
    expect((await create({ project_name: 'nobodys' }, {})).status).toBe(401);
    expect((await create({ project_name: 'nobodys' }, basic('projects-owner', 'wrong'))).status).toBe(401);
  });
});

describe('GET /api/v2.0/projects', () => {
  const names = async (query: string, headers: Record<string, string> = {}) => {
    const response = await api(`/projects?page_size=100&${query}`, { headers });
    expect(response.status).toBe(200);
    return ((await response.json()) as { name: string }[]).map(({ name }) => name);
  };

  beforeAll(async () => {
    for (const name of ['list-a', 'list-b', 'list-c']) await insertProject(server, name);
    await insertProject(server, 'list-public', { isPublic: true });
  });

  it('shows everybody the public ones, members theirs too, and administrators all', async () => {
    await create({ project_name: 'list-mine' });
    expect(await names('name=list-')).toEqual(['list-public']);
    expect(await names('name=list-', asOwner)).toEqual(['list-mine', 'list-public']);
    expect(await names('name=list-', asAdmin)).toEqual(['list-a', 'list-b', 'list-c', 'list-mine', 'list-public']);
  });

  it('filters by q, public and owner, and sorts', async () => {
    expect(await names('q=name%3Dlist-b', asAdmin)).toEqual(['list-b']);
    expect(await names('q=name%3D~ist-&sort=-name', asAdmin)).toEqual([
      'list-public',
      'list-mine',
      'list-c',
      'list-b',
      'list-a',
    ]);
    expect(await names('name=list-&public=true', asAdmin)).toEqual(['list-public']);
    expect(await names('name=list-&q=public%3DTrue', asAdmin)).toEqual(['list-public']);
    expect(await names('public=false')).toEqual([]);
    expect(await names('name=list-&owner=projects-owner', asAdmin)).toEqual(['list-mine']);
  });

  it('pages with a total and links', async () => {
    const response = await api('/projects?name=list-&page=2&page_size=2', { headers: asAdmin });
    expect(((await response.json()) as { name: string }[]).map(({ name }) => name)).toEqual(['list-c', 'list-mine']);
    expect(response.headers.get('x-total-count')).toBe('5');
    expect(response.headers.get('link')).toBe(
      '</api/v2.0/projects?name=list-&page=1&page_size=2>; rel="prev" , ' +
        '</api/v2.0/projects?name=list-&page=3&page_size=2>; rel="next"',
    );
  });

  it('sorts by every key it has, and by name where it does not know the key', async () => {
    const sorted = (sort: string) => names(`name=list-&sort=${sort}`, asAdmin);
    const byName = await sorted('name');
    expect(await sorted('nothing-known')).toEqual(byName);
    // They were created in this order.
    const byCreation = ['list-a', 'list-b', 'list-c', 'list-public', 'list-mine'];
    expect(await sorted('project_id')).toEqual(byCreation);
    expect(await sorted('-project_id')).toEqual([...byCreation].reverse());
    server.clock.advance(1_000);
    const list = await server.services.projects.find('list-b');
    if (!list) throw new Error('the project was not made');
    await server.services.projects.update(list, { metadata: {} }, { username: 'admin', sourceAddress: undefined });
    expect((await sorted('-update_time'))[0]).toBe('list-b');
    expect((await sorted('creation_time')).at(-1)).toBe('list-mine');
  });

  it.each(['l', 'li', 'IST-', 'list-public'])('finds a project by the part %s of its name', async (part) => {
    expect(await names(`name=${part}&owner=admin&public=true`, asAdmin)).toContain('list-public');
  });

  it('finds nothing by what no name can have', async () => {
    for (const part of ['list a', '"list', 'list%', 'list_a']) {
      expect(await names(`name=${encodeURIComponent(part)}`, asAdmin)).toEqual([]);
    }
  });

  it('leaves out details that are not wanted', async () => {
    const [project] = (await (await api('/projects?name=list-a&with_detail=false', { headers: asAdmin })).json()) as [
      Record<string, unknown>,
    ];
    expect(project).toEqual({
      project_id: expect.any(Number),
      owner_id: 1,
      name: 'list-a',
      creation_time: expect.stringMatching(/^20/),
      update_time: expect.stringMatching(/^20/),
      current_user_role_id: 1,
      current_user_role_ids: [1],
      repo_count: 0,
      cve_allowlist: {
        items: null,
        creation_time: '0001-01-01T00:00:00.000Z',
        update_time: '0001-01-01T00:00:00.000Z',
      },
    });
  });

  it('tells how many projects there are without counting them', async () => {
    const count = (condition: string) =>
      testEnv.DB.prepare(`select count(*) n from projects where deleted_at_ms is null and ${condition}`).first('n');
    const total = async (query: string, headers: Record<string, string> = {}) =>
      (await api(`/projects?page_size=1${query}`, { headers })).headers.get('x-total-count');
    expect(await total('', asAdmin)).toBe(String(await count('true')));
    expect(await total('&public=false', asAdmin)).toBe(String(await count('is_public = 0')));
    expect(await total('')).toBe(String(await count('is_public = 1')));
    expect(await total('', asOwner)).toBe(String(await count(`(is_public = 1 or owner_id <> 1)`)));
  });

  it.each([
    ['page_size=101', 422],
    ['page_size=x', 422],
    ['public=perhaps', 422],
    ['q=name', 400],
    ['q=%3Dx', 400],
    ['q=name%3D%5B1~2', 400],
    ['q=public%3Dmaybe', 400],
    ['q=tags%3Dnil', 400],
  ])('answers %s with %i', async (query, status) => {
    expect((await api(`/projects?${query}`)).status).toBe(status);
  });

  it('refuses a wrong password rather than showing what is public', async () => {
    expect((await api('/projects', { headers: basic('admin', 'wrong') })).status).toBe(401);
    expect((await api('/projects', { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  });
});

describe('HEAD /api/v2.0/projects', () => {
  const head = (query: string, headers: Record<string, string> = asStranger) =>
    api(`/projects${query}`, { method: 'HEAD', headers });

  it('tells accounts whether a name is taken', async () => {
    expect((await head('?project_name=library')).status).toBe(200);
    expect((await head('?project_name=absent')).status).toBe(404);
    expect((await head('')).status).toBe(422);
    expect((await head('?project_name=library', {})).status).toBe(401);
  });
});

describe('GET /api/v2.0/projects/{project_name_or_id}', () => {
  const get = (nameOrId: string, headers: Record<string, string> = {}) => api(`/projects/${nameOrId}`, { headers });

  it('finds by name and by id, and by a name that looks like an id when told so', async () => {
    await insertProject(server, '424242', { isPublic: true });
    expect(await (await get('library')).json()).toMatchObject({ project_id: 1 });
    expect(await (await get('1')).json()).toMatchObject({ name: 'library' });
    expect((await get('424242', asAdmin)).status).toBe(404);
    expect(await (await get('424242', { 'x-is-resource-name': 'true' })).json()).toMatchObject({ name: '424242' });
  });

  it('answers a private project as one that does not exist, except to administrators', async () => {
    await insertProject(server, 'private-one');
    for (const name of ['private-one', 'absent-one']) {
      expect((await get(name)).status).toBe(401);
      expect((await get(name, asStranger)).status).toBe(403);
    }
    expect((await get('private-one', asAdmin)).status).toBe(200);
    expect((await get('absent-one', asAdmin)).status).toBe(404);
  });

  it('sends no challenge, at which a browser would ask for a password', async () => {
    expect((await get('private-one')).headers.has('www-authenticate')).toBe(false);
  });
});

describe('DELETE /api/v2.0/projects/{project_name_or_id}', () => {
  const remove = (name: string, headers: Record<string, string>) =>
    api(`/projects/${name}`, { method: 'DELETE', headers });

  it('frees the name and keeps the row', async () => {
    const id = await insertProject(server, 'fleeting');
    expect((await remove('fleeting', asAdmin)).status).toBe(200);
    expect((await remove('fleeting', asAdmin)).status).toBe(404);
    const row = await testEnv.DB.prepare('select name, deleted_at_ms from projects where id = ?').bind(id).first();
    expect(row).toEqual({ name: `fleeting#${id}`, deleted_at_ms: expect.any(Number) });
    expect((await create({ project_name: 'fleeting' })).status).toBe(201);
  });

  it('refuses a project that holds a repository', async () => {
    const id = await insertProject(server, 'full');
    await testEnv.DB.prepare(
      `insert into repositories (project_id, name, published_at_ms, created_at_ms, updated_at_ms) values (?, 'app', 0, 0, 0)`,
    )
      .bind(id)
      .run();
    const response = await remove('full', asAdmin);
    expect(response.status).toBe(412);
    expect(await errorOf(response)).toEqual({
      code: 'PRECONDITION',
      message: 'the project contains repositories, can not be deleted',
    });
  });

  it('is for administrators of the project', async () => {
    await insertProject(server, 'kept', { isPublic: true });
    expect((await remove('kept', {})).status).toBe(401);
    expect((await remove('kept', asStranger)).status).toBe(403);
    await create({ project_name: 'own' });
    expect((await remove('own', asOwner)).status).toBe(200);
  });
});
