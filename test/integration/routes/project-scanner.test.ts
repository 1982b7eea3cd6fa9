import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SCANNER_METADATA } from '#test/support/scanner-metadata';
import {
  asAdmin,
  basic,
  createServer,
  errorOf,
  insertProject,
  insertUser,
  type TestServer,
  testEnv,
} from '#test/support/server';

const PASSWORD = 'Passw0rd-choice';
/** Harbor's number of the role. */
const GUEST = 3;
const actor = { username: 'admin', sourceAddress: undefined };
let server: TestServer;
let project: string;
let projectId: number;
let asGuest: Record<string, string>;

beforeEach(async () => {
  vi.stubGlobal('fetch', async () => Response.json(SCANNER_METADATA));
  await testEnv.DB.batch([
    testEnv.DB.prepare('delete from project_scanners'),
    testEnv.DB.prepare('delete from scanner_registrations'),
  ]);
  server = createServer();
  project = `scanned-${crypto.randomUUID()}`;
  const guestId = await insertUser(server, project, PASSWORD);
  asGuest = basic(project, PASSWORD);
  projectId = await insertProject(server, project, { isPublic: true, members: { [guestId]: GUEST } });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function send(method: string, path = '', body?: unknown, headers: Record<string, string> = asAdmin) {
  return server.request(`/api/v2.0/projects/${project}/scanner${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

function register(name: string, isDisabled = false): Promise<string> {
  return server.services.scanners.create(
    {
      name,
      description: '',
      url: `https://${name}.scanner.test`,
      auth: '',
      credential: '',
      isDisabled,
      skipsCertificateCheck: false,
      usesInternalAddress: false,
    },
    actor,
  );
}

async function chosen(): Promise<unknown> {
  const response = await send('GET', '', undefined, asGuest);
  expect(response.status).toBe(200);
  return ((await response.json()) as { uuid?: string }).uuid;
}

describe('GET /api/v2.0/projects/{project_name_or_id}/scanner', () => {
  it('is an object without anything where there is no scanner, for clients that decode every answer', async () => {
    const response = await send('GET', '', undefined, asGuest);
    expect([response.status, await response.text()]).toEqual([200, '{}']);
  });

  it('tells the default one, and how it is, to members and to whoever sees a public project', async () => {
    const uuid = await register('default');
    await insertUser(server, `${project}-stranger`, PASSWORD);
    for (const headers of [asGuest, basic(`${project}-stranger`, PASSWORD)]) {
      const response = await send('GET', '', undefined, headers);
      expect(await response.json()).toMatchObject({
        uuid,
        is_default: true,
        access_credential: '',
        health: 'healthy',
        adapter: 'Trivy',
        capabilities: { support_vulnerability: true, support_sbom: true },
      });
    }
  });

  it('refuses callers without credentials, and 404 without a project', async () => {
    expect((await send('GET', '', undefined, {})).status).toBe(401);
    const absent = await server.request('/api/v2.0/projects/absent-project/scanner', { headers: asAdmin });
    expect(absent.status).toBe(404);
  });
});

describe('PUT /api/v2.0/projects/{project_name_or_id}/scanner', () => {
  it('chooses a scanner, which does not show in the metadata', async () => {
    await register('default');
    const [one, other] = [await register('one'), await register('other')];
    for (const uuid of [one, other, other]) {
      const response = await send('PUT', '', { uuid });
      expect([response.status, await response.text()]).toEqual([200, '']);
      expect(await chosen()).toBe(uuid);
    }
    const read = await server.request(`/api/v2.0/projects/${project}/metadatas/`, { headers: asAdmin });
    expect(await read.json()).toEqual({ public: 'true' });
    const audit = await testEnv.DB.prepare('select description from audit_log where project_id = ? order by id desc')
      .bind(projectId)
      .first();
    expect(audit).toEqual({ description: `update project: ${project}, choose scanner ${other}` });
  });

  it('refuses scanners that are not there or disabled, and keeps the choice', async () => {
    const uuid = await register('default');
    const disabled = await register('disabled', true);
    expect((await send('PUT', '', { uuid: 'absent' })).status).toBe(404);
    const response = await send('PUT', '', { uuid: disabled });
    expect([response.status, (await errorOf(response)).message]).toEqual([400, 'the scanner is deactivated']);
    expect((await send('PUT', '', {})).status).toBe(422);
    expect(await chosen()).toBe(uuid);
  });

  it('is for those who run the project', async () => {
    const uuid = await register('default');
    expect((await send('PUT', '', { uuid }, {})).status).toBe(401);
    expect((await send('PUT', '', { uuid }, asGuest)).status).toBe(403);
  });
});

describe('a choice', () => {
  it('goes with the scanner: the project has the default one again', async () => {
    const uuid = await register('default');
    const other = await register('other');
    await send('PUT', '', { uuid: other });
    await server.services.scanners.delete(other, actor);
    expect(await chosen()).toBe(uuid);
    expect(await testEnv.DB.prepare('select * from project_scanners').first()).toBeNull();
  });

  it('goes with the project', async () => {
    await send('PUT', '', { uuid: await register('default') });
    const response = await server.request(`/api/v2.0/projects/${project}`, { method: 'DELETE', headers: asAdmin });
    expect(response.status).toBe(200);
    expect(await testEnv.DB.prepare('select * from project_scanners').first()).toBeNull();
  });
});

describe('GET /api/v2.0/projects/{project_name_or_id}/scanner/candidates', () => {
  it('lists the scanners that can be chosen', async () => {
    await register('default');
    await register('disabled', true);
    await register('other');
    const response = await send('GET', '/candidates?sort=-name&page_size=1');
    expect(response.headers.get('x-total-count')).toBe('2');
    expect(response.headers.get('link')).toContain('rel="next"');
    expect(await response.json()).toMatchObject([{ name: 'other', health: 'healthy' }]);
    expect(await (await send('GET', '/candidates?q=disabled=true')).json()).toEqual([]);
  });

  it('is for those who run the project, and refuses a q it cannot serve', async () => {
    expect((await send('GET', '/candidates', undefined, {})).status).toBe(401);
    expect((await send('GET', '/candidates', undefined, asGuest)).status).toBe(403);
    expect((await send('GET', '/candidates?q=nothing=x')).status).toBe(400);
  });
});
