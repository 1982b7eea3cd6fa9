import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHarness } from '#test/support/harness';
import { pushImage, randomImage } from '#test/support/images';
import { asAdmin, errorOf, insertProject } from '#test/support/server';

const API = '/api/v2.0';
const harness = createHarness();
const api = (method: string, path: string, init: RequestInit = {}) =>
  harness.request(method, path, { ...init, headers: { ...asAdmin, ...(init.headers as Record<string, string>) } });
const json = (body: unknown) => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

describe('a path', () => {
  it.each([
    ['PATCH', `${API}/projects`, 'GET, HEAD, POST'],
    ['POST', `${API}/users/current`, 'DELETE, GET, HEAD, PUT'],
    ['DELETE', `${API}/ping`, 'GET, HEAD'],
    ['OPTIONS', `${API}/configurations`, 'GET, HEAD, PUT'],
    ['POST', '/service/token', 'GET, HEAD'],
    ['GET', '/service/token-exchange', 'POST'],
    ['GET', '/c/login', 'POST'],
  ])('that is there refuses %s %s and says what it allows', async (method, path, allow) => {
    const response = await api(method, path);
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
    expect((await errorOf(response)).code).toBe('METHOD_NOT_ALLOWED');
  });

  it.each([`${API}/nothing`, `${API}/projects/1/nothing`, '/api/v1.0/projects', '/api', '/chartrepo/library/charts'])(
    'that is not there is 404: %s',
    async (path) => {
      const response = await api('GET', path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(await errorOf(response)).toMatchObject({ code: 'NOT_FOUND' });
      expect((await api('POST', path)).status).toBe(404);
    },
  );

  it('may have more slashes than one anywhere', async () => {
    const response = await api('GET', `//api//v2.0///projects//?page_size=1`);
    expect(response.status).toBe(200);
    expect((await api('POST', `//api/v2.0//ping`)).status).toBe(405);
    expect((await harness.asAdmin('GET', '/v2/library//app///tags/list')).status).toBe(404);
  });

  it('of internal settings is nobody’s', async () => {
    for (const headers of [{}, asAdmin]) {
      const response = await harness.request('GET', `${API}/internalconfig`, { headers });
      expect([response.status, (await errorOf(response)).code]).toEqual([401, 'UNAUTHORIZED']);
    }
  });
});

describe('an address that does not parse', () => {
  it.each([
    `${API}/projects?page=1;page_size=2`,
    `${API}/projects?name=%zz`,
    `${API}/nothing?a=%`,
    `${API}/ping?;`,
    `${API}/projects/%zz`,
  ])('is refused before anything else: %s', async (path) => {
    const response = await harness.request('GET', path);
    expect([response.status, (await errorOf(response)).code]).toEqual([400, 'BAD_REQUEST']);
  });
});

describe('X-Request-Id', () => {
  it.each([
    ['an answer', 'GET', `${API}/ping`],
    ['an unknown path', 'GET', `${API}/nothing`],
    ['a method not allowed', 'POST', `${API}/ping`],
    ['a query that does not parse', 'GET', `${API}/projects?;`],
    ['an input that is not valid', 'GET', `${API}/projects?page=x`],
    ['a refusal', 'GET', `${API}/users`],
    ['a challenge', 'GET', '/v2/'],
    ['a page', 'GET', '/'],
  ])('is on %s', async (_, method, path) => {
    const named = await harness.request(method, path, { headers: { 'x-request-id': 'Root=1-abc:7' } });
    expect(named.headers.get('x-request-id')).toBe('Root=1-abc:7');
    const unnamed = await harness.request(method, path);
    expect(unnamed.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('an input that is not valid', () => {
  it.each([
    [
      'a page of too many rows',
      'GET',
      '/projects?page_size=101',
      422,
      'page_size in query should be less than or equal to 100',
    ],
    ['a page that is no number', 'GET', '/projects?page=x', 422, 'page in query must be of type int64: "x"'],
    [
      'a page beyond an int64',
      'GET',
      '/projects?page=9223372036854775808',
      422,
      'page in query must be of type int64: "9223372036854775808"',
    ],
    ['an id that is no number', 'GET', '/users/x', 422, 'user_id in path must be of type int64: "x"'],
    ['a flag that is none', 'GET', '/projects/1', 422, 'X-Is-Resource-Name'],
  ])('%s', async (_, method, path, status, message) => {
    const headers = { 'x-is-resource-name': path.endsWith('/1') ? 'perhaps' : 'false' };
    const response = await api(method, `${API}${path}`, { headers });
    const error = await errorOf(response);
    expect([response.status, error.code]).toEqual([status, 'UNPROCESSABLE_ENTITY']);
    expect(error.message.toLowerCase()).toContain(message.toLowerCase());
  });

  it('tells what a body lacks, and what is of another type', async () => {
    const tags = `${API}/projects/library/repositories/app/artifacts/1/tags`;
    const missing = await api('POST', tags, json({}));
    expect([missing.status, (await errorOf(missing)).message]).toEqual([422, 'name in body is required']);
    const mistyped = await api('POST', `${API}/projects`, json({ project_name: 7 }));
    expect([mistyped.status, (await errorOf(mistyped)).message]).toEqual([
      422,
      'project_name in body must be of type string: number',
    ]);
  });

  it.each(['{', '', 'name=x'])('is a body that is not JSON: %j', async (body) => {
    const response = await api('POST', `${API}/projects`, { headers: { 'content-type': 'application/json' }, body });
    expect([response.status, (await errorOf(response)).message]).toEqual([400, 'the body is not JSON']);
  });

  it('is a body of another type', async () => {
    const response = await api('POST', `${API}/projects`, { headers: { 'content-type': 'text/plain' }, body: '{}' });
    expect([response.status, (await errorOf(response)).code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });
});

describe('read-only mode', () => {
  const set = async (isReadOnly: boolean) => {
    const response = await api('PUT', `${API}/configurations`, json({ read_only: isReadOnly }));
    expect(response.status).toBe(200);
    harness.clock.advance(10_000);
  };
  afterEach(() => set(false));

  it.each([
    ['POST', `${API}/projects`],
    ['DELETE', `${API}/users/5`],
    ['PUT', `${API}/nothing`],
    ['POST', '/v2/library/app/blobs/uploads/'],
    ['PUT', '/v2/library/app/manifests/latest'],
    ['DELETE', '/v2/library/app/manifests/latest'],
  ])('refuses %s %s of anybody', async (method, path) => {
    await set(true);
    for (const headers of [{}, asAdmin]) {
      const response = await harness.request(method, path, { headers });
      expect(response.status).toBe(403);
      expect(await errorOf(response)).toEqual({
        code: 'DENIED',
        message: 'The system is in read only mode. Any modification is prohibited.',
      });
    }
  });

  it('serves what changes nothing', async () => {
    await insertProject(harness, 'read-only');
    await pushImage(harness, 'read-only/app', randomImage(), 'v1');
    await set(true);
    expect((await api('GET', `${API}/projects`)).status).toBe(200);
    expect((await harness.asAdmin('GET', '/v2/read-only/app/manifests/v1')).status).toBe(200);
    expect((await harness.request('POST', '/service/token')).status).toBe(405);
    expect((await harness.request('POST', '/service/token-exchange')).status).not.toBe(403);
    const page = await harness.request('GET', '/c/nothing');
    const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const token = page.headers.get('x-harbor-csrf-token') ?? '';
    const form = (path: string, fields: Record<string, string>) =>
      harness.request('POST', path, {
        headers: { cookie, 'x-harbor-csrf-token': token },
        body: new URLSearchParams(fields),
      });
    expect((await form('/c/login', { principal: 'admin', password: 'Harbor12345' })).status).toBe(200);
    expect((await form('/c/nothing', {})).status).toBe(403);
  });

  it('is noticed within ten seconds by who remembers the settings', async () => {
    const other = createHarness();
    await other.request('POST', '/v2/library/app/blobs/uploads/');
    await set(true);
    other.clock.advance(10_000);
    expect((await other.request('POST', '/v2/library/app/blobs/uploads/')).status).toBe(403);
  });

  it('costs a warm pull nothing', async () => {
    await insertProject(harness, 'read-only-warm');
    await pushImage(harness, 'read-only-warm/app', randomImage(), 'v1');
    const look = vi.spyOn(harness.services.configuration, 'current');
    await harness.token('repository:read-only-warm/any:pull,push');
    await harness.asAdmin('GET', '/v2/read-only-warm/app/manifests/v1');
    look.mockClear();
    await harness.asAdmin('GET', '/v2/read-only-warm/app/manifests/v1');
    expect(look).not.toHaveBeenCalled();
    await harness.asAdmin('POST', '/v2/read-only-warm/app/blobs/uploads/');
    expect(look).toHaveBeenCalled();
  });
});
