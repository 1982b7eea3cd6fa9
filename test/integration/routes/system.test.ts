import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { EXPECTED_MIGRATION } from '#domain/system/health-service';
import { asAdmin, basic, createServer, errorOf, testEnv } from '#test/support/server';

const server = createServer();
const wrong = basic('admin', 'wrong');

interface Health {
  readonly status: string;
  readonly components: readonly { readonly name: string; readonly status: string; readonly error?: string }[];
}

describe('GET /api/v2.0/health', () => {
  it('says that every component is well', async () => {
    const response = await server.request('/api/v2.0/health', { headers: wrong });
    expect(response.status).toBe(200);
    const names = ['core', 'database', 'jobservice', 'portal', 'redis', 'registry', 'registryctl'];
    expect(await response.json()).toEqual({
      status: 'healthy',
      components: names.map((name) => ({ name, status: 'healthy' })),
    });
  });

  it('names a secret that is missing', async () => {
    const bare = createServer({ ROADSTEAD_SECRET_KEY: undefined });
    const health = (await (await bare.request('/api/v2.0/health')).json()) as Health;
    expect(health.status).toBe('unhealthy');
    expect(health.components[0]).toMatchObject({
      name: 'core',
      error: expect.stringContaining('ROADSTEAD_SECRET_KEY'),
    });
  });

  it('tells of a schema older than the code, while requests go on', async () => {
    await testEnv.DB.prepare('create table old_migrations as select * from d1_migrations').run();
    await testEnv.DB.prepare('delete from d1_migrations where name > ?').bind('0001').run();
    const outdated = createServer();
    const response = await outdated.request('/api/v2.0/health');
    const health = (await response.json()) as Health;
    await testEnv.DB.prepare('insert or ignore into d1_migrations select * from old_migrations').run();
    expect(response.status).toBe(200);
    expect(health.components.find(({ name }) => name === 'database')?.error).toContain(EXPECTED_MIGRATION);
    expect((await outdated.request('/v2/', { headers: asAdmin })).status).toBe(200);
  });

  it('expects the newest migration there is', () => {
    const { TEST_MIGRATIONS } = env as unknown as { TEST_MIGRATIONS: { name: string }[] };
    expect(TEST_MIGRATIONS.at(-1)?.name).toBe(EXPECTED_MIGRATION);
  });

  it('tells of a database or an object store that does not answer', async () => {
    const broken = () => {
      throw new Error('gone');
    };
    const failing = createServer({ DB: { prepare: broken } as never, BLOBS: { head: broken } as never });
    const health = (await (await failing.request('/api/v2.0/health')).json()) as Health;
    const unwell = health.components.filter(({ status }) => status === 'unhealthy');
    expect(unwell).toEqual([
      { name: 'database', status: 'unhealthy', error: 'the database does not answer' },
      { name: 'registry', status: 'unhealthy', error: 'the object store does not answer' },
    ]);
  });
});

describe('what Harbor clients ask first', () => {
  it('GET /api/v2.0/ping', async () => {
    const response = await server.request('/api/v2.0/ping');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toBe('Pong');
  });

  it('GET /api/version', async () => {
    expect(await (await server.request('/api/version')).json()).toEqual({ version: 'v2.0' });
  });

  it('GET /api/v2.0/systeminfo tells more to those it knows', async () => {
    const open = (await (await server.request('/api/v2.0/systeminfo')).json()) as object;
    expect(open).toMatchObject({ auth_mode: 'db_auth', harbor_version: expect.stringMatching(/^v2\./) });
    expect(open).not.toHaveProperty('registry_url');
    const known = await (await server.request('/api/v2.0/systeminfo', { headers: asAdmin })).json();
    expect(known).toMatchObject({ registry_url: 'registry.test', external_url: 'http://registry.test' });
    expect((await server.request('/api/v2.0/systeminfo', { headers: wrong })).status).toBe(401);
  });
});

describe('failures', () => {
  it.each([
    '/v1/users/',
    '/v1/search',
    '/service/notifications',
    '/api/v2.0/absent',
    '/api/users',
    '/chartrepo/x',
    '/x',
  ])('%s answers the envelope with 404', async (path) => {
    const response = await server.request(path, { headers: asAdmin });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect((await errorOf(response)).code).toBe('NOT_FOUND');
  });

  it('of HEAD requests have no body', async () => {
    const response = await server.request('/api/v2.0/absent', { method: 'HEAD' });
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('');
  });

  it('that pass say when to come again', async () => {
    const overloaded = () => Promise.reject(new Error('D1_ERROR: D1 DB is overloaded'));
    const statement = { bind: () => statement, first: overloaded, all: overloaded };
    const failing = createServer({ DB: { prepare: () => statement } as never });
    const response = await failing.request('/v2/', { headers: asAdmin });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect((await errorOf(response)).code).toBe('SERVICE_UNAVAILABLE');
  });

  it('that nobody expected say nothing of their cause', async () => {
    const failing = createServer({
      DB: {
        prepare: () => {
          throw new Error('secret detail');
        },
      } as never,
    });
    const response = await failing.request('/v2/', { headers: asAdmin });
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ errors: [{ code: 'UNKNOWN', message: 'internal server error' }] });
  });
});

describe('GET /api/v2.0/systeminfo/volumes', () => {
  it('tells what is used of a storage without end', async () => {
    await testEnv.DB.prepare('update statistics set storage_bytes = 1000').run();
    const response = await server.request('/api/v2.0/systeminfo/volumes', { headers: asAdmin });
    const { storage } = (await response.json()) as { storage: { total: number; free: number }[] };
    expect(storage.map(({ total, free }) => total - free)).toEqual([1000]);
  });

  it('is for administrators', async () => {
    expect((await server.request('/api/v2.0/systeminfo/volumes')).status).toBe(401);
  });
});

describe('GET /api/v2.0/systeminfo/getcert', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

  it('gives out the CA of a deployment that has one of its own', async () => {
    const own = createServer({ CA_ROOT: pem });
    const response = await own.request('/api/v2.0/systeminfo/getcert');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename=ca.crt');
    expect(await response.text()).toBe(pem);
    const info = await own.request('/api/v2.0/systeminfo', { headers: asAdmin });
    expect(await info.json()).toMatchObject({ has_ca_root: true });
  });

  it('answers 404 without one, and 401 to wrong credentials', async () => {
    expect((await server.request('/api/v2.0/systeminfo/getcert', { headers: wrong })).status).toBe(401);
    expect((await server.request('/api/v2.0/systeminfo/getcert')).status).toBe(404);
  });
});
