import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { asAdmin, createServer, errorOf, type TestServer, testEnv } from '#test/support/server';

const REGISTRIES = '/api/v2.0/registries';
const REMOTE = 'https://registry.remote.test';
const SECRET = 'the-remote-secret';
const CREDENTIAL = { type: 'basic', access_key: 'puller', access_secret: SECRET };

/** Where requests went, and with which Authorization. */
const calls: { url: string; authorization: string | null }[] = [];
let server: TestServer;

/** A registry with a token service that knows one login. */
async function answerAsRegistry(input: string, init: RequestInit): Promise<Response> {
  const url = new URL(input);
  const authorization = new Headers(init.headers).get('authorization');
  calls.push({ url: input, authorization });
  if (!url.hostname.endsWith('remote.test')) throw new TypeError('fetch failed');
  if (url.hostname === 'broken.remote.test') return new Response(null, { status: 502 });
  if (url.hostname === 'moved.remote.test') return Response.redirect('https://elsewhere.remote.test/v2/', 307);
  if (url.pathname === '/token') {
    if (authorization !== `Basic ${btoa(`puller:${SECRET}`)}`) return new Response(null, { status: 401 });
    return Response.json({ token: 'a-token' });
  }
  if (authorization === 'Bearer a-token') return Response.json({});
  const origin = url.hostname === 'careless.remote.test' ? 'http://auth.remote.test' : url.origin;
  const challenge = `Bearer realm="${origin}/token",service="remote"`;
  return new Response(null, { status: 401, headers: { 'www-authenticate': challenge } });
}

beforeEach(() => {
  vi.stubGlobal('fetch', answerAsRegistry);
  calls.length = 0;
  server = createServer();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function send(method: string, path: string, body?: unknown): Promise<Response> {
  return server.request(`${REGISTRIES}${path}`, {
    method,
    headers: { ...asAdmin, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function create(name: string, more: object = {}): Promise<number> {
  const response = await send('POST', '', {
    name,
    type: 'docker-registry',
    url: REMOTE,
    credential: CREDENTIAL,
    ...more,
  });
  expect(response.status).toBe(201);
  return Number(response.headers.get('location')?.split('/').at(-1));
}

describe('POST /api/v2.0/registries', () => {
  it('keeps a registry that answers, and shows that it has a secret but not which', async () => {
    const id = await create('remote', { description: 'ours' });
    const read = await send('GET', `/${id}`);
    expect(await read.json()).toEqual({
      id,
      name: 'remote',
      description: 'ours',
      type: 'docker-registry',
      url: REMOTE,
      credential: { type: 'basic', access_key: 'puller', access_secret: '*****' },
      status: 'healthy',
      creation_time: expect.any(String),
      update_time: expect.any(String),
    });
    const row = await testEnv.DB.prepare('select sealed_access_secret from registries where id = ?').bind(id).first();
    expect(JSON.stringify(row)).not.toContain(SECRET);
  });

  it('keeps one that is asked without logging in', async () => {
    const id = await create('open', { credential: null });
    expect(await (await send('GET', `/${id}`)).json()).toMatchObject({ credential: {} });
  });

  it.each([
    ['a wrong secret', { credential: { ...CREDENTIAL, access_secret: 'wrong' } }, 'refuses the credential'],
    ['an address nobody is at', { url: 'https://nobody.test' }, 'cannot be reached'],
    ['a registry that is down', { url: 'https://broken.remote.test', credential: null }, 'answers 502'],
    ['an address that leads elsewhere', { url: 'https://moved.remote.test' }, 'unhealthy'],
    ['an unknown type', { type: 'ftp-server' }, 'no adapter'],
    ['an address of another kind', { url: 'ftp://registry.remote.test' }, 'scheme'],
    ['no name', { name: '' }, 'name cannot be empty'],
    ['a long name', { name: 'n'.repeat(65) }, '64'],
    ['a certificate that is none', { ca_certificate: 'x' }, 'PEM'],
  ])('refuses %s with 400 and keeps nothing', async (_, more, words) => {
    const request = { name: 'refused', type: 'docker-registry', url: REMOTE, credential: CREDENTIAL, ...more };
    const response = await send('POST', '', request);
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toContain(words);
    expect(await (await send('GET', '?name=refused')).json()).toEqual([]);
  });

  it('says that an own CA cannot be checked where a registry with one is not reached', async () => {
    const response = await send('POST', '', {
      name: 'own-ca',
      type: 'harbor',
      url: 'https://own-ca.test',
      insecure: true,
    });
    expect((await errorOf(response)).message).toContain('certificates of an own CA cannot be checked here');
  });

  it('refuses a second one of the name with 409', async () => {
    await create('twice');
    const response = await send('POST', '', { name: 'twice', type: 'docker-registry', url: REMOTE });
    expect(response.status).toBe(409);
  });

  it('gives a login to the address it is for, and to the token service that asks for it, alone', async () => {
    await create('careful');
    const told = calls.filter(({ authorization }) => authorization?.startsWith('Basic'));
    expect(told.map(({ url }) => url)).toEqual([`${REMOTE}/token?service=remote`]);
  });
});

describe('a registry whose token service is reached by http', () => {
  const isTold = () => calls.some(({ authorization }) => authorization !== null);
  const request = { name: 'careless', type: 'docker-registry', credential: CREDENTIAL };

  it('gets no login when it is reached by https itself', async () => {
    const response = await send('POST', '', { ...request, url: 'https://careless.remote.test' });
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toContain('over http');
    expect(isTold()).toBe(false);
  });

  it('gets one when everything is in the open anyway', async () => {
    expect((await send('POST', '', { ...request, url: 'http://careless.remote.test' })).status).toBe(201);
    expect(isTold()).toBe(true);
  });
});

describe('GET /api/v2.0/registries', () => {
  it('lists by name, type and address, in pages', async () => {
    for (const name of ['list-b', 'list-a', 'other']) await create(name);
    const listed = await send('GET', '?q=name=~list-,type=docker-registry&sort=-name&page_size=1');
    expect(listed.headers.get('x-total-count')).toBe('2');
    expect(listed.headers.get('link')).toContain('rel="next"');
    expect(await listed.json()).toMatchObject([{ name: 'list-b' }]);
    expect((await send('GET', '?q=status=[1~2]')).status).toBe(400);
    expect((await send('GET', '?page_size=101')).status).toBe(422);
  });
});

describe('PUT /api/v2.0/registries/{id}', () => {
  it('changes what is said and leaves the rest', async () => {
    const id = await create('changing');
    expect((await send('PUT', `/${id}`, { name: 'changed' })).status).toBe(200);
    expect(await (await send('GET', `/${id}`)).json()).toMatchObject({
      name: 'changed',
      url: REMOTE,
      credential: { access_key: 'puller', access_secret: '*****' },
    });
  });

  it('sends the secret it has to no other address', async () => {
    const id = await create('moving');
    calls.length = 0;
    const response = await send('PUT', `/${id}`, { url: 'https://thief.remote.test' });
    expect(response.status).toBe(400);
    expect(calls.map(({ authorization }) => authorization ?? '').join()).not.toContain(btoa(`puller:${SECRET}`));
    expect(await (await send('GET', `/${id}`)).json()).toMatchObject({ url: REMOTE });
  });

  it('answers 404 without one and 409 for the name of another', async () => {
    expect((await send('PUT', '/987654', { name: 'nobody' })).status).toBe(404);
    await create('taken');
    const id = await create('renamed');
    expect((await send('PUT', `/${id}`, { name: 'taken' })).status).toBe(409);
  });
});

describe('DELETE /api/v2.0/registries/{id}', () => {
  it('deletes once', async () => {
    const id = await create('short-lived');
    expect((await send('DELETE', `/${id}`)).status).toBe(200);
    expect((await send('DELETE', `/${id}`)).status).toBe(404);
    expect((await send('DELETE', '/x')).status).toBe(422);
  });
});

describe('POST /api/v2.0/registries/ping', () => {
  it('tries what is described', async () => {
    expect((await send('POST', '/ping', { type: 'harbor', url: REMOTE })).status).toBe(200);
    expect((await send('POST', '/ping', { type: 'harbor', url: 'https://nobody.test' })).status).toBe(400);
    expect((await send('POST', '/ping', { url: REMOTE })).status).toBe(400);
    expect((await send('POST', '/ping', { id: 987_654 })).status).toBe(404);
  });

  it('tries one that is kept at its own address, whatever address is said', async () => {
    const id = await create('pinged');
    calls.length = 0;
    expect((await send('POST', '/ping', { id, url: 'https://thief.remote.test' })).status).toBe(200);
    expect(calls.every(({ url }) => url.startsWith(REMOTE))).toBe(true);
  });
});

describe('GET /api/v2.0/registries/{id}/info', () => {
  it('tells what a replication with it can select by', async () => {
    const id = await create('informed', { type: 'harbor' });
    expect(await (await send('GET', `/${id}/info`)).json()).toEqual({
      type: 'harbor',
      supported_resource_filters: [
        { type: 'name', style: 'input', values: null },
        { type: 'tag', style: 'input', values: null },
        { type: 'resource', style: 'radio', values: ['image', 'artifact'] },
      ],
      supported_triggers: ['manual', 'scheduled'],
      supported_copy_by_chunk: true,
    });
    expect((await send('GET', '/987654/info')).status).toBe(404);
  });
});

describe('GET /api/v2.0/replication', () => {
  it('tells which kinds of registries there are, and what a form offers for some', async () => {
    const types = await server.request('/api/v2.0/replication/adapters', { headers: asAdmin });
    expect(await types.json()).toContain('docker-hub');
    const infos = await server.request('/api/v2.0/replication/adapterinfos', { headers: asAdmin });
    expect(await infos.json()).toMatchObject({
      'docker-hub': {
        endpoint_pattern: {
          endpoint_type: 'EndpointPatternTypeFix',
          endpoints: [{ key: 'hub.docker.com', value: 'https://hub.docker.com' }],
        },
      },
      'google-gcr': { credential_pattern: { access_key_data: '_json_key' } },
    });
  });
});

describe('GET /api/v2.0/schedules', () => {
  it('lists what is to be done again, in the order it was set', async () => {
    const insert = `insert into schedules (vendor_type, vendor_id, cron_type, cron, parameters, due_at_ms, created_at_ms,
      updated_at_ms) values (?, ?, 'Daily', '0 0 0 * * *', '{}', 0, 0, 0)`;
    for (const [type, id] of [
      ['GARBAGE_COLLECTION', 0],
      ['PURGE_AUDIT_LOG', 0],
      ['STORAGE_COMPARISON', 0],
      ['RETENTION', 7],
    ])
      await testEnv.DB.prepare(insert).bind(type, id).run();
    const listed = await server.request('/api/v2.0/schedules', { headers: asAdmin });
    expect(listed.headers.get('x-total-count')).toBe('4');
    const schedules = (await listed.json()) as object[];
    expect(schedules[0]).toEqual({
      id: expect.any(Number),
      vendor_type: 'GARBAGE_COLLECTION',
      vendor_id: -1,
      cron: '0 0 0 * * *',
      update_time: '1970-01-01T00:00:00.000Z',
    });
    expect(schedules.slice(1)).toMatchObject([
      { vendor_type: 'PURGE_AUDIT_LOG', vendor_id: -1 },
      { vendor_type: 'STORAGE_COMPARISON', vendor_id: -1 },
      { vendor_type: 'RETENTION', vendor_id: 7 },
    ]);
    expect((await server.request('/api/v2.0/schedules?page=x', { headers: asAdmin })).status).toBe(422);
  });
});
