import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SCANNER_METADATA } from '#test/support/scanner-metadata';
import { asAdmin, basic, createServer, errorOf, insertUser, type TestServer, testEnv } from '#test/support/server';

const SCANNERS = '/api/v2.0/scanners';
const SECRET = 'the-adapter-key';
const PASSWORD = 'Passw0rd-scanner';

/** Where adapters were asked, and with which key. */
const calls: { url: string; key: string | null }[] = [];
let server: TestServer;
let username: string;

/** Adapters at `*.scanner.test`; the one that is locked wants a key. */
async function answerAsAdapter(input: string, init: RequestInit): Promise<Response> {
  const url = new URL(input);
  const key = new Headers(init.headers).get('x-scanneradapter-api-key');
  calls.push({ url: input, key });
  if (!url.hostname.endsWith('scanner.test')) throw new TypeError('fetch failed');
  if (url.hostname.startsWith('broken')) return new Response(null, { status: 502 });
  if (url.hostname.startsWith('locked') && key !== SECRET) return new Response(null, { status: 401 });
  if (url.hostname.startsWith('useless')) return Response.json({ ...SCANNER_METADATA, capabilities: [] });
  return Response.json(SCANNER_METADATA);
}

beforeEach(async () => {
  vi.stubGlobal('fetch', answerAsAdapter);
  await testEnv.DB.batch([
    testEnv.DB.prepare('delete from project_scanners'),
    testEnv.DB.prepare('delete from scanner_registrations'),
  ]);
  server = createServer();
  username = `scanner-${crypto.randomUUID()}`;
  await insertUser(server, username, PASSWORD);
  calls.length = 0;
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function send(method: string, path: string, body?: unknown, headers: Record<string, string> = asAdmin) {
  return server.request(`${SCANNERS}${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function create(name: string, more: object = {}): Promise<string> {
  const response = await send('POST', '', { name, url: `https://${name}.scanner.test`, ...more });
  expect(response.status).toBe(201);
  const location = response.headers.get('location') ?? '';
  expect(location).toMatch(/^\/api\/v2\.0\/scanners\/[0-9a-f-]{36}$/);
  return location.slice(SCANNERS.length + 1);
}

async function read(uuid: string): Promise<Record<string, unknown>> {
  const response = await send('GET', `/${uuid}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

async function names(query: string): Promise<unknown[]> {
  const response = await send('GET', query);
  expect(response.status).toBe(200);
  return ((await response.json()) as { name: string }[]).map(({ name }) => name);
}

async function expectRefused(method: string, path: string, body?: unknown): Promise<void> {
  expect((await send(method, path, body, {})).status).toBe(401);
  expect((await send(method, path, body, basic(username, PASSWORD))).status).toBe(403);
}

const LIVE = {
  health: 'healthy',
  adapter: 'Trivy',
  vendor: 'Aqua Security',
  version: 'v0.60.0',
  capabilities: { support_vulnerability: true, support_sbom: true },
};

describe('POST /api/v2.0/scanners', () => {
  it('keeps a scanner whose adapter answers, and never shows its credential', async () => {
    const more = { description: 'ours', auth: 'APIKey', access_credential: SECRET, use_internal_addr: true };
    const uuid = await create('locked', more);
    expect(await read(uuid)).toEqual({
      uuid,
      name: 'locked',
      description: 'ours',
      url: 'https://locked.scanner.test',
      disabled: false,
      is_default: true,
      auth: 'APIKey',
      access_credential: '',
      skip_certVerify: false,
      use_internal_addr: true,
      create_time: expect.any(String),
      update_time: expect.any(String),
      ...LIVE,
    });
    const row = await testEnv.DB.prepare('select * from scanner_registrations').first();
    expect(JSON.stringify(row)).not.toContain(SECRET);
    const audit = await testEnv.DB.prepare(
      `select description from audit_log where resource_type = 'scanner' order by id desc limit 1`,
    ).first();
    expect(audit).toEqual({ description: 'create scanner: locked' });
  });

  it('makes the first one the default, and no disabled one', async () => {
    const first = await create('first');
    const second = await create('second');
    expect([(await read(first))['is_default'], (await read(second))['is_default']]).toEqual([true, false]);
    for (const uuid of [first, second]) await send('DELETE', `/${uuid}`);
    const disabled = await create('disabled', { disabled: true });
    expect(await read(disabled)).toMatchObject({ disabled: true, is_default: false });
  });

  it.each([
    ['no name', { name: '' }, 'missing registration name'],
    ['an address of another kind', { url: 'ftp://scanner.test' }, 'scheme'],
    ['a way of asking that there is not', { auth: 'Digest', access_credential: 'x' }, 'auth type Digest'],
    ['no credential where one is needed', { auth: 'Basic' }, 'access_credential is required for auth type Basic'],
    ['an adapter that is not there', { url: 'https://nobody.test' }, 'the scanner is unhealthy: it cannot be reached'],
    ['an adapter that is down', { url: 'https://broken.scanner.test' }, 'it answers 502'],
    ['an adapter that can do nothing', { url: 'https://useless.scanner.test' }, 'no capability'],
    ['a wrong key', { url: 'https://locked.scanner.test', auth: 'APIKey', access_credential: 'x' }, 'refuses'],
  ])('refuses %s with 400 and keeps nothing', async (_, more, words) => {
    const response = await send('POST', '', { name: 'refused', url: 'https://fine.scanner.test', ...more });
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toContain(words);
    expect(await names('')).toEqual([]);
  });

  it('says that certificates are checked where an adapter whose are not to be is not reached', async () => {
    const request = { name: 'own-ca', url: 'https://own-ca.test', skip_certVerify: true };
    const response = await send('POST', '', request);
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toContain('certificates are always checked here');
    expect(await read(await create('lenient', { skip_certVerify: true }))).toMatchObject({ skip_certVerify: true });
  });

  it('refuses what has not the shape of a registration with 422', async () => {
    const response = await send('POST', '', { name: 'x', url: 'no address' });
    expect(response.status).toBe(422);
    expect((await errorOf(response)).message).toBe('url in body must be of type uri');
    expect((await send('POST', '', { url: 'https://x.scanner.test' })).status).toBe(422);
  });

  it('refuses a second one of the name or of the address with 409', async () => {
    await create('twice');
    for (const request of [
      { name: 'twice', url: 'https://other.scanner.test' },
      { name: 'other', url: 'https://twice.scanner.test/' },
    ]) {
      const response = await send('POST', '', request);
      expect(response.status).toBe(409);
      expect((await errorOf(response)).message).toBe('registration name or url already exists');
    }
  });

  it('is for administrators', () => expectRefused('POST', '', { name: 'x', url: 'https://x.scanner.test' }));
});

describe('GET /api/v2.0/scanners', () => {
  beforeEach(async () => {
    for (const name of ['list-a', 'list-b', 'other']) {
      await create(name, { description: `is ${name}`, disabled: name === 'list-b' });
      server.clock.advance(1_000);
    }
  });

  it('lists the default first and then the newest, in pages', async () => {
    const response = await send('GET', '?page_size=2');
    expect(response.headers.get('x-total-count')).toBe('3');
    expect(response.headers.get('link')).toContain('rel="next"');
    expect(await response.json()).toMatchObject([{ name: 'list-a', ...LIVE }, { name: 'other' }]);
  });

  it.each([
    ['?q=name=~LIST-&sort=-name', ['list-b', 'list-a']],
    ['?q=name={list-a other}&sort=name', ['list-a', 'other']],
    ['?q=disabled=true', ['list-b']],
    ['?q=is_default=false&sort=create_time', ['list-b', 'other']],
    ['?q=url=https://other.scanner.test', ['other']],
    ['?name=list&sort=name', ['list-a', 'list-b']],
    ['?description=is other', ['other']],
    ['?url=list-b', ['list-b']],
    ['?ex_name=list', []],
    ['?ex_name=list-a&name=b', ['list-a']],
    ['?ex_url=https://list-a.scanner.test', ['list-a']],
  ])('answers %s with %j', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('refuses what it cannot filter by', async () => {
    for (const q of ['access_credential=x', 'disabled=perhaps', 'name=[a~b]']) {
      expect((await send('GET', `?q=${q}`)).status).toBe(400);
    }
    expect((await send('GET', '?page_size=101')).status).toBe(422);
  });

  it('does not ask adapters again that have just answered', async () => {
    server = createServer();
    calls.length = 0;
    await send('GET', '');
    await send('GET', '');
    expect(calls).toHaveLength(3);
    server.clock.advance(10_000);
    await send('GET', '');
    expect(calls).toHaveLength(6);
  });

  it('is for administrators', () => expectRefused('GET', ''));
});

describe('GET /api/v2.0/scanners/{registration_id}', () => {
  it('tells that an adapter has gone down', async () => {
    const uuid = await create('going');
    vi.stubGlobal('fetch', async () => new Response(null, { status: 500 }));
    const scanner = await read(uuid);
    expect(scanner['health']).toBe('unhealthy');
    expect(scanner).not.toHaveProperty('capabilities');
    expect(scanner).not.toHaveProperty('adapter');
  });

  it('answers 404 without one', async () => {
    const response = await send('GET', '/absent');
    expect(response.status).toBe(404);
    expect((await errorOf(response)).message).toBe('scanner absent not found');
  });

  it('is for administrators', () => expectRefused('GET', '/absent'));
});

describe('PUT /api/v2.0/scanners/{registration_id}', () => {
  it('replaces what is kept, whether the adapter answers or not', async () => {
    await create('first');
    const uuid = await create('changing', { description: 'before', use_internal_addr: true });
    const change = { name: 'changed', url: 'https://broken.scanner.test', disabled: true };
    expect((await send('PUT', `/${uuid}`, change)).status).toBe(200);
    expect(await read(uuid)).toMatchObject({
      name: 'changed',
      url: 'https://broken.scanner.test',
      description: '',
      disabled: true,
      use_internal_addr: false,
      health: 'unhealthy',
    });
  });

  it('keeps a credential that is left out, and sends it to no other address', async () => {
    const uuid = await create('locked', { auth: 'APIKey', access_credential: SECRET });
    const same = { name: 'renamed', url: 'https://locked.scanner.test', auth: 'APIKey' };
    expect((await send('PUT', `/${uuid}`, same)).status).toBe(200);
    expect(await read(uuid)).toMatchObject({ name: 'renamed', health: 'healthy' });
    calls.length = 0;
    const moved = await send('PUT', `/${uuid}`, { ...same, url: 'https://thief.scanner.test' });
    expect(moved.status).toBe(400);
    expect((await errorOf(moved)).message).toContain('access_credential is required');
    expect(calls).toEqual([]);
    expect(await read(uuid)).toMatchObject({ url: 'https://locked.scanner.test' });
  });

  it('forgets the credential of an adapter that is asked without one', async () => {
    const uuid = await create('locked', { auth: 'APIKey', access_credential: SECRET });
    const open = { name: 'locked', url: 'https://locked.scanner.test' };
    expect((await send('PUT', `/${uuid}`, open)).status).toBe(200);
    expect(await read(uuid)).toMatchObject({ auth: '', health: 'unhealthy' });
    expect((await send('PUT', `/${uuid}`, { ...open, auth: 'APIKey' })).status).toBe(400);
  });

  it('disables no default', async () => {
    const uuid = await create('default');
    const change = { name: 'default', url: 'https://default.scanner.test', disabled: true };
    const response = await send('PUT', `/${uuid}`, change);
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toBe('default registration default can not be deactivated');
    expect(await read(uuid)).toMatchObject({ disabled: false, is_default: true });
  });

  it('answers 404 without one and 409 for the name of another', async () => {
    await create('taken');
    const uuid = await create('renamed');
    const change = { name: 'taken', url: 'https://renamed.scanner.test' };
    expect((await send('PUT', '/absent', change)).status).toBe(404);
    expect((await send('PUT', `/${uuid}`, change)).status).toBe(409);
  });

  it('is for administrators', () => expectRefused('PUT', '/absent', { name: 'x', url: 'https://x.scanner.test' }));
});

describe('PATCH /api/v2.0/scanners/{registration_id}', () => {
  it('makes it the default in place of the one before', async () => {
    const before = await create('before');
    const uuid = await create('after');
    expect((await send('PATCH', `/${uuid}`, { is_default: true })).status).toBe(200);
    expect((await send('PATCH', `/${uuid}`, { is_default: true })).status).toBe(200);
    expect([(await read(before))['is_default'], (await read(uuid))['is_default']]).toEqual([false, true]);
  });

  it('changes nothing when it is not to be the default', async () => {
    const uuid = await create('stays');
    expect((await send('PATCH', `/${uuid}`, { is_default: false })).status).toBe(200);
    expect((await send('PATCH', `/${uuid}`, {})).status).toBe(200);
    expect((await read(uuid))['is_default']).toBe(true);
  });

  it('answers 404 for one that is disabled or absent, and leaves the default', async () => {
    const uuid = await create('stays');
    const disabled = await create('disabled', { disabled: true });
    expect((await send('PATCH', `/${disabled}`, { is_default: true })).status).toBe(404);
    expect((await send('PATCH', '/absent', { is_default: true })).status).toBe(404);
    expect((await read(uuid))['is_default']).toBe(true);
  });

  it('is for administrators', () => expectRefused('PATCH', '/absent', { is_default: true }));
});

describe('DELETE /api/v2.0/scanners/{registration_id}', () => {
  it('deletes once and tells what', async () => {
    const uuid = await create('short-lived');
    const response = await send('DELETE', `/${uuid}`);
    expect(response.status).toBe(200);
    const deleted = await response.json();
    expect(deleted).toMatchObject({ uuid, name: 'short-lived', is_default: true });
    expect(deleted).not.toHaveProperty('health');
    expect((await send('DELETE', `/${uuid}`)).status).toBe(404);
  });

  it('is for administrators', () => expectRefused('DELETE', '/absent'));
});

describe('POST /api/v2.0/scanners/ping', () => {
  it('tries what is described and keeps nothing', async () => {
    const trial = { name: 'tried', url: 'https://locked.scanner.test', auth: 'APIKey', access_credential: SECRET };
    const response = await send('POST', '/ping', trial);
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(calls).toEqual([{ url: 'https://locked.scanner.test/api/v1/metadata', key: SECRET }]);
    expect(await names('')).toEqual([]);
  });

  it.each([
    [{ name: 'x', url: 'https://nobody.test' }, 400],
    [{ name: '', url: 'https://fine.scanner.test' }, 400],
    [{ name: 'x', url: 'https://fine.scanner.test', auth: 'Bearer' }, 400],
    [{ url: 'https://fine.scanner.test' }, 422],
  ])('answers %j with %i', async (trial, status) => {
    expect((await send('POST', '/ping', trial)).status).toBe(status);
  });

  it('is for administrators', () => expectRefused('POST', '/ping', { name: 'x', url: 'https://x.scanner.test' }));
});

describe('GET /api/v2.0/scanners/{registration_id}/metadata', () => {
  it('tells what the adapter tells of itself', async () => {
    const response = await send('GET', `/${await create('described')}/metadata`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(SCANNER_METADATA);
  });

  it('answers 503 with the reason when the adapter tells nothing, and 404 without one', async () => {
    const uuid = await create('silent');
    vi.stubGlobal('fetch', async () => new Response(null, { status: 500 }));
    const response = await send('GET', `/${uuid}/metadata`);
    expect(response.status).toBe(503);
    expect((await errorOf(response)).message).toBe('the scanner silent is unhealthy: it answers 500');
    expect((await send('GET', '/absent/metadata')).status).toBe(404);
  });

  it('is for administrators', () => expectRefused('GET', '/absent/metadata'));
});
