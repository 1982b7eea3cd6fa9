import { beforeAll, describe, expect, it } from 'vitest';
import { asAdmin, basic, createServer, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

const server = createServer();
const asOwner = basic('metadata-owner', 'Passw0rd-owner');
const asGuest = basic('metadata-guest', 'Passw0rd-guest');
let members: Record<number, number> = {};

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = asOwner) {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  return server.request(`/api/v2.0/projects/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...init,
  });
}
const listed = async (project: string) => (await ask('GET', `${project}/metadatas/`, undefined, asAdmin)).json();
const make = (name: string, isPublic = false) => insertProject(server, name, { isPublic, members });

beforeAll(async () => {
  members = {
    [await insertUser(server, 'metadata-owner', 'Passw0rd-owner')]: 1,
    [await insertUser(server, 'metadata-guest', 'Passw0rd-guest')]: 3,
  };
});

describe('/api/v2.0/projects/{project_name_or_id}/metadatas/', () => {
  it('lists everything, with and without the last slash', async () => {
    await make('meta-listed', true);
    await ask('POST', 'meta-listed/metadatas/', { severity: 'HIGH' });
    await ask('POST', 'meta-listed/metadatas', { auto_scan: 't' });
    const expected = { public: 'true', severity: 'high', auto_scan: 'true' };
    for (const path of ['meta-listed/metadatas/', 'meta-listed/metadatas']) {
      const response = await ask('GET', path, undefined, asAdmin);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual(expected);
    }
  });

  it('adds one key, once', async () => {
    const id = await make('meta-added');
    const added = await ask('POST', 'meta-added/metadatas/', { prevent_vul: 'TRUE' });
    expect(added.status).toBe(200);
    expect(await added.text()).toBe('');
    const again = await ask('POST', 'meta-added/metadatas/', { prevent_vul: 'false' });
    expect(again.status).toBe(409);
    expect(await errorOf(again)).toEqual({
      code: 'CONFLICT',
      message: `metadata prevent_vul already exists for project ${id}`,
    });
    expect((await ask('POST', 'meta-added/metadatas/', { public: 'true' })).status).toBe(409);
    expect(await listed('meta-added')).toEqual({ public: 'false', prevent_vul: 'true' });
  });

  it('lets one of two that add a key win', async () => {
    await make('meta-raced');
    const statuses = await Promise.all(
      ['low', 'high'].map(async (severity) => (await ask('POST', 'meta-raced/metadatas/', { severity })).status),
    );
    expect(statuses.sort()).toEqual([200, 409]);
  });

  it.each<[unknown, number, string]>([
    [{}, 400, 'only allow one key/value pair'],
    [{ auto_scan: 'true', severity: 'low' }, 400, 'only allow one key/value pair'],
    [{ colour: 'red' }, 400, 'invalid key: colour'],
    [{ retention_id: '1' }, 400, 'invalid key: retention_id'],
    [{ auto_scan: 'often' }, 400, 'invalid value: often'],
    [{ proxy_cache_filter_pattern: '**' }, 400, 'can not update the normal project with proxy cache filter metadata'],
  ])('refuses to add %j', async (body, status, message) => {
    const name = `meta-refused-${crypto.randomUUID()}`;
    await make(name);
    const response = await ask('POST', `${name}/metadatas/`, body);
    expect(response.status).toBe(status);
    expect((await errorOf(response)).message).toBe(message);
    expect(await listed(name)).toEqual({ public: 'false' });
  });

  it('refuses values that are no texts', async () => {
    await make('meta-typed');
    expect((await ask('POST', 'meta-typed/metadatas/', { auto_scan: true })).status).toBe(422);
  });

  it('is closed to others', async () => {
    await make('meta-closed', true);
    expect((await ask('GET', 'meta-closed/metadatas/', undefined, {})).status).toBe(401);
    // Not even a project's administrator has metadata:list in Harbor.
    expect((await ask('GET', 'meta-closed/metadatas/')).status).toBe(403);
    expect((await ask('POST', 'meta-closed/metadatas/', { auto_scan: '1' }, {})).status).toBe(401);
    expect((await ask('POST', 'meta-closed/metadatas/', { auto_scan: '1' }, asGuest)).status).toBe(403);
    expect((await ask('GET', 'absent/metadatas/', undefined, asAdmin)).status).toBe(404);
  });
});

describe('/api/v2.0/projects/{project_name_or_id}/metadatas/{meta_name}', () => {
  it('reads, changes and deletes one key', async () => {
    await make('meta-one');
    await ask('POST', 'meta-one/metadatas/', { severity: 'low' });
    expect(await (await ask('GET', 'meta-one/metadatas/severity')).json()).toEqual({ severity: 'low' });
    expect((await ask('PUT', 'meta-one/metadatas/severity', { severity: 'Critical' })).status).toBe(200);
    expect(await (await ask('GET', 'meta-one/metadatas/severity')).json()).toEqual({ severity: 'critical' });
    const deleted = await ask('DELETE', 'meta-one/metadatas/severity');
    expect(deleted.status).toBe(200);
    expect(await listed('meta-one')).toEqual({ public: 'false' });
  });

  it('sets a key that had no value', async () => {
    await make('meta-set');
    expect((await ask('PUT', 'meta-set/metadatas/auto_scan', { auto_scan: '1' })).status).toBe(200);
    expect(await listed('meta-set')).toEqual({ public: 'false', auto_scan: 'true' });
  });

  it('answers 404 for a key without a value', async () => {
    const id = await make('meta-absent');
    for (const method of ['GET', 'DELETE']) {
      for (const key of ['severity', 'colour', 'constructor']) {
        const response = await ask(method, `meta-absent/metadatas/${key}`);
        expect(response.status).toBe(404);
        expect(await errorOf(response)).toEqual({
          code: 'NOT_FOUND',
          message: `metadata ${key} of project ${id} not found`,
        });
      }
    }
  });

  it('turns the project by its key public, as an update does', async () => {
    const id = await make('meta-public', true);
    const state = () =>
      testEnv.DB.prepare('select is_public, security_version from projects where id = ?').bind(id).first();
    expect(await (await ask('GET', 'meta-public/metadatas/public')).json()).toEqual({ public: 'true' });
    await ask('PUT', 'meta-public/metadatas/public', { public: 'F' });
    expect(await state()).toEqual({ is_public: 0, security_version: 2 });
    await ask('PUT', 'meta-public/metadatas/public', { public: 'true' });
    expect((await ask('DELETE', 'meta-public/metadatas/public')).status).toBe(200);
    expect(await state()).toEqual({ is_public: 0, security_version: 3 });
  });

  it.each<[string, unknown, string]>([
    ['severity', {}, 'only allow one key/value pair'],
    ['severity', { severity: 'low', auto_scan: '1' }, 'only allow one key/value pair'],
    ['severity', { auto_scan: 'true' }, 'the body must name the key severity'],
    ['severity', { severity: 'awful' }, 'invalid value: awful'],
    ['colour', { colour: 'red' }, 'invalid key: colour'],
    ['retention_id', { retention_id: '1' }, 'invalid key: retention_id'],
  ])('refuses to set %s by %j', async (key, body, message) => {
    const name = `meta-unset-${crypto.randomUUID()}`;
    await make(name);
    const response = await ask('PUT', `${name}/metadatas/${key}`, body);
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toBe(message);
    expect(await listed(name)).toEqual({ public: 'false' });
  });

  it('writes to the audit log', async () => {
    const id = await make('meta-audited');
    await ask('POST', 'meta-audited/metadatas/', { severity: 'low' });
    await ask('DELETE', 'meta-audited/metadatas/severity');
    const { results } = await testEnv.DB.prepare(
      `select operation, username, description from audit_log where project_id = ? and operation = 'update' order by id`,
    )
      .bind(id)
      .all();
    expect(results).toEqual([
      {
        operation: 'update',
        username: 'metadata-owner',
        description: 'update project: meta-audited, add severity of metadata',
      },
      {
        operation: 'update',
        username: 'metadata-owner',
        description: 'update project: meta-audited, delete severity of metadata',
      },
    ]);
  });

  it('is closed to others', async () => {
    await make('meta-kept', true);
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', { severity: 'low' }],
      ['DELETE', undefined],
    ] as const) {
      expect((await ask(method, 'meta-kept/metadatas/severity', body, {})).status).toBe(401);
      expect((await ask(method, 'meta-kept/metadatas/severity', body, asGuest)).status).toBe(403);
    }
  });
});
