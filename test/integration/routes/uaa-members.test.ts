import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { asAdmin, createServer, insertProject, type TestServer } from '#test/support/server';

/** A UAA that knows Ulla. */
async function answerAsUaa(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const { pathname, searchParams } = new URL(new Request(input, init).url);
  if (pathname === '/oauth/token') return Response.json({ access_token: 'of-client' });
  const isUlla = pathname === '/Users' && searchParams.get('filter') === 'userName eq "ulla"';
  return Response.json({ resources: isUlla ? [{ userName: 'ulla', emails: [{ value: 'ulla@example.com' }] }] : [] });
}

let server: TestServer;

beforeAll(async () => {
  vi.stubGlobal('fetch', answerAsUaa);
  const settings = { auth_mode: 'uaa_auth', uaa_endpoint: 'https://uaa.example.com' };
  server = createServer({ CONFIG_OVERWRITE_JSON: JSON.stringify(settings) });
  await insertProject(server, 'uaa-members');
});

afterAll(() => vi.unstubAllGlobals());

it('a user of the UAA becomes a member before they log in, and nobody else does', async () => {
  const admit = (username: string) =>
    server.request('/api/v2.0/projects/uaa-members/members', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...asAdmin },
      body: JSON.stringify({ role_id: 2, member_user: { username } }),
    });
  expect((await admit('ulla')).status).toBe(201);
  expect(await server.services.users.find('ulla')).toMatchObject({ email: 'ulla@example.com', realname: 'ulla' });
  expect((await admit('nobody')).status).toBe(404);
});
