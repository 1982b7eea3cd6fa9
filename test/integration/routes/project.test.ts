import { beforeAll, describe, expect, it } from 'vitest';
import {
  asAdmin,
  basic,
  bearer,
  createServer,
  errorOf,
  fetchToken,
  insertProject,
  insertUser,
  testEnv,
} from '#test/support/server';

const server = createServer();
const asOwner = basic('project-owner', 'Passw0rd-owner');
const asGuest = basic('project-guest', 'Passw0rd-guest');
const asStranger = basic('project-stranger', 'Passw0rd-stranger');
let ownerId = 0;
let guestId = 0;

const api = (path: string, init: RequestInit = {}) => server.request(`/api/v2.0${path}`, init);
const put = (project: string | number, body: unknown, headers: Record<string, string> = asOwner) =>
  api(`/projects/${project}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const read = async (project: string | number) =>
  (await (await api(`/projects/${project}`, { headers: asAdmin })).json()) as Record<string, unknown>;

/** A project with an owner and a guest. */
function make(name: string, isPublic = false): Promise<number> {
  return insertProject(server, name, { isPublic, members: { [ownerId]: 1, [guestId]: 3 } });
}

async function insertRepository(projectId: number, isPublished = true): Promise<void> {
  await testEnv.DB.prepare(
    `insert into repositories (project_id, name, published_at_ms, created_at_ms, updated_at_ms) values (?, 'app', ?, 0, 0)`,
  )
    .bind(projectId, isPublished ? 0 : null)
    .run();
}

beforeAll(async () => {
  ownerId = await insertUser(server, 'project-owner', 'Passw0rd-owner');
  guestId = await insertUser(server, 'project-guest', 'Passw0rd-guest');
  await insertUser(server, 'project-stranger', 'Passw0rd-stranger');
});

describe('PUT /api/v2.0/projects/{project_name_or_id}', () => {
  it('changes the metadata that it names and leaves the rest', async () => {
    const id = await make('changing');
    expect((await put('changing', { metadata: { auto_scan: 'true', severity: 'High' } })).status).toBe(200);
    const response = await put(id, { metadata: { auto_scan: '0', prevent_vul: 'T' } });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect(await read(id)).toMatchObject({
      metadata: { public: 'false', auto_scan: 'false', severity: 'high', prevent_vul: 'true' },
    });
  });

  it('sets the allowlist and takes its end away again', async () => {
    const id = await make('allowing');
    const { cve_allowlist: before, creation_time: created } = await read(id);
    expect(before).toEqual({ id: id + 1, project_id: id, items: [], creation_time: created, update_time: created });
    await put(id, {
      cve_allowlist: { project_id: id, expires_at: 1_900_000_000, items: [{ cve_id: 'CVE-2019-12310' }] },
    });
    expect(await read(id)).toMatchObject({
      cve_allowlist: { id: id + 1, project_id: id, expires_at: 1_900_000_000, items: [{ cve_id: 'CVE-2019-12310' }] },
    });
    await put(id, { cve_allowlist: { items: [] } });
    const { cve_allowlist: after } = await read(id);
    expect(after).toMatchObject({ items: [] });
    expect(after).not.toHaveProperty('expires_at');
  });

  it('writes who did it to the audit log', async () => {
    const id = await make('audited-update');
    await put(id, { metadata: { auto_scan: 'true' } });
    const row = await testEnv.DB.prepare(
      `select username, operation, resource_type, resource from audit_log where project_id = ? order by id desc limit 1`,
    )
      .bind(id)
      .first();
    expect(row).toEqual({
      username: 'project-owner',
      operation: 'update',
      resource_type: 'project',
      resource: 'audited-update',
    });
  });

  it('passes over the storage limit, the name, the registry and the old word for public', async () => {
    const id = await make('immutable-parts');
    const body = { project_name: 'another', storage_limit: 7, registry_id: 3, public: true };
    expect((await put(id, body)).status).toBe(200);
    expect(await read(id)).toMatchObject({ name: 'immutable-parts', metadata: { public: 'false' } });
    const quota = await testEnv.DB.prepare('select hard_bytes from quotas where project_id = ?').bind(id).first();
    expect(quota).toEqual({ hard_bytes: -1 });
  });

  it.each<[number, unknown]>([
    [400, { metadata: { public: 'maybe' } }],
    [400, { metadata: { severity: 'terrible' } }],
    [400, { metadata: { retention_id: '4' } }],
    [400, { cve_allowlist: { project_id: 987_654, items: [] } }],
    [400, { cve_allowlist: { items: [{ cve_id: 'CVE-1' }, { cve_id: 'CVE-1' }] } }],
    [400, { cve_allowlist: { items: [{}] } }],
    [422, { metadata: 'public' }],
    [422, { metadata: { auto_scan: true } }],
    [422, { cve_allowlist: { expires_at: 'soon' } }],
  ])('answers %i to %j and changes nothing', async (status, body) => {
    const name = `unchanged-${crypto.randomUUID()}`;
    await make(name);
    const before = await read(name);
    expect((await put(name, body)).status).toBe(status);
    expect(await read(name)).toEqual(before);
  });

  it('takes the retention policy that the project has', async () => {
    const id = await make('retained');
    await testEnv.DB.prepare(`insert into project_metadata (project_id, name, value) values (?, 'retention_id', '4')`)
      .bind(id)
      .run();
    expect((await put(id, { metadata: { retention_id: '4', auto_scan: 'true' } })).status).toBe(200);
    expect((await put(id, { metadata: { retention_id: '5' } })).status).toBe(400);
    expect(await read(id)).toMatchObject({ metadata: { retention_id: '4', auto_scan: 'true' } });
  });

  it('is for administrators of the project', async () => {
    const id = await make('not-yours', true);
    expect((await put(id, {}, {})).status).toBe(401);
    expect((await put(id, {}, asGuest)).status).toBe(403);
    expect((await put(id, {}, asStranger)).status).toBe(403);
    expect((await put('absent', {}, asStranger)).status).toBe(403);
    expect((await put('absent', {}, asAdmin)).status).toBe(404);
  });
});

describe('a project that becomes private', () => {
  const list = (on: ReturnType<typeof createServer>, token: string) =>
    on.request('/v2/turning/app/tags/list', { headers: bearer(token) });
  /** Nobody pushed, so who may read learns that there is no such repository. */
  const MAY_READ = 404;

  it('is lost within 10 s to who holds a token from before, in every isolate, and at once where it was changed', async () => {
    const other = createServer();
    await make('turning', true);
    const token = await fetchToken(server, 'repository:turning/app:pull');
    expect((await list(server, token)).status).toBe(MAY_READ);
    expect((await list(other, token)).status).toBe(MAY_READ);

    expect((await put('turning', { metadata: { public: 'false' } })).status).toBe(200);
    expect((await list(server, token)).status).toBe(401);
    other.clock.advance(10_000);
    expect((await list(other, token)).status).toBe(401);

    // A token from before stays lost when the project is public again.
    await put('turning', { metadata: { public: 'true' } });
    expect((await list(server, token)).status).toBe(401);
    expect((await list(server, await fetchToken(server, 'repository:turning/app:pull'))).status).toBe(MAY_READ);
  });

  it('gets a new security version then and at no other change', async () => {
    const id = await make('versioned', true);
    const version = async () => (await server.services.projects.find(id))?.securityVersion;
    const first = await version();
    await put(id, { metadata: { public: 'true', auto_scan: 'true' } });
    expect(await version()).toBe(first);
    await put(id, { metadata: { public: 'false' } });
    expect(await version()).toBe((first ?? 0) + 1);
    await put(id, { metadata: { public: 'true' } });
    expect(await version()).toBe((first ?? 0) + 1);
  });

  it('is counted as what it ends up as, however many turn it at once', async () => {
    const id = await make('flipping');
    const values = Array.from({ length: 9 }, (_, index) => (index % 2 === 0 ? 'true' : 'false'));
    const statuses = await Promise.all(
      values.map(async (value) => (await put(id, { metadata: { public: value } })).status),
    );
    expect(statuses).toEqual(values.map(() => 200));
    const counts = await testEnv.DB.prepare(
      `select public_projects = (select count(*) from projects where is_public = 1 and deleted_at_ms is null) public,
         private_projects = (select count(*) from projects where is_public = 0 and deleted_at_ms is null) private
         from statistics`,
    ).first();
    expect(counts).toEqual({ public: 1, private: 1 });
  });
});

describe('a project that is deleted while it is changed', () => {
  it('is deleted, and the change is either whole and before it or refused', async () => {
    for (let round = 0; round < 5; round++) {
      const name = `contested-${round}`;
      const id = await make(name);
      const [changed, deleted] = await Promise.all([
        put(id, { metadata: { auto_scan: 'true' }, cve_allowlist: { items: [{ cve_id: 'CVE-1' }] } }),
        api(`/projects/${name}`, { method: 'DELETE', headers: asAdmin }),
      ]);
      expect(deleted.status).toBe(200);
      // Once it is gone, an owner is told what they would be told of somebody else's.
      expect([200, 403, 404]).toContain(changed.status);
      for (const table of ['project_metadata', 'cve_allowlists']) {
        const left = await testEnv.DB.prepare(`select count(*) n from ${table} where project_id = ?`)
          .bind(id)
          .first('n');
        expect(left).toBe(0);
      }
    }
  });

  it('is refused by the guard when the change was let in before', async () => {
    const id = await make('vanishing-project');
    const project = await server.services.projects.find(id);
    if (!project) throw new Error('the project was not made');
    const actor = { username: 'admin', sourceAddress: undefined };
    await server.services.projects.delete(project, actor);
    await expect(
      server.services.projects.update(project, { isPublic: true, metadata: { auto_scan: 'true' } }, actor),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(server.services.projectMetadata.add(project, { severity: 'low' }, actor)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const row = await testEnv.DB.prepare('select is_public from projects where id = ?').bind(id).first();
    expect(row).toEqual({ is_public: 0 });
  });
});

describe('DELETE /api/v2.0/projects/{project_name_or_id}', () => {
  it('takes all that belongs to the project along', async () => {
    const id = await make('furnished');
    await put(id, { metadata: { auto_scan: 'true' }, cve_allowlist: { items: [{ cve_id: 'CVE-1' }] } });
    await insertRepository(id, false);
    const aliases = `insert into repository_aliases (project_id, name, repository_id, expires_at_ms)
      select ?1, 'old', id, 9e15 from repositories where project_id = 1 or project_id = ?1 limit 1`;
    await testEnv.DB.batch([
      testEnv.DB.prepare(
        `insert into labels (name, project_id, created_at_ms, updated_at_ms) values ('mark', ?, 0, 0), ('of all', 0, 0, 0)`,
      ).bind(id),
      testEnv.DB.prepare(`insert into project_aliases (name, project_id, expires_at_ms) values ('was', ?, 9e15)`).bind(
        id,
      ),
      testEnv.DB.prepare(aliases).bind(id),
    ]);
    expect((await api('/projects/furnished', { method: 'DELETE', headers: asAdmin })).status).toBe(200);
    for (const table of [
      'labels',
      'cve_allowlists',
      'quotas',
      'project_aliases',
      'repository_aliases',
      'repositories',
      'project_metadata',
      'project_members',
    ]) {
      const left = await testEnv.DB.prepare(`select count(*) n from ${table} where project_id = ?`).bind(id).first('n');
      expect([table, left]).toEqual([table, 0]);
    }
    expect(await testEnv.DB.prepare(`select count(*) n from labels where name = 'of all'`).first('n')).toBe(1);
  });
});

describe('GET /api/v2.0/projects/{project_name_or_id}/_deletable', () => {
  const get = async (project: string, headers: Record<string, string> = asOwner) =>
    api(`/projects/${project}/_deletable`, { headers });

  it('says yes of a project without repositories, and why not of another', async () => {
    const id = await make('emptied');
    expect(await (await get('emptied')).json()).toEqual({ deletable: true });
    await insertRepository(id);
    expect(await (await get('emptied')).json()).toEqual({
      message: 'the project contains repositories, can not be deleted',
    });
  });

  it('is for who may delete the project', async () => {
    await make('asked-about', true);
    expect((await get('asked-about', {})).status).toBe(401);
    expect((await get('asked-about', asGuest)).status).toBe(403);
    expect((await get('absent', asAdmin)).status).toBe(404);
  });
});

describe('GET /api/v2.0/projects/{project_name_or_id}/summary', () => {
  const get = async (project: string, headers: Record<string, string>) =>
    api(`/projects/${project}/summary`, { headers });

  it('counts repositories, members and bytes for who may see them', async () => {
    const id = await make('summed', true);
    await insertRepository(id);
    expect(await (await get('summed', asOwner)).json()).toEqual({
      repo_count: 1,
      project_admin_count: 2,
      guest_count: 1,
      quota: { hard: { storage: -1 }, used: { storage: 0 } },
    });
    expect(await (await get('summed', asStranger)).json()).toEqual({ repo_count: 1 });
    expect(await (await get('summed', {})).json()).toEqual({ repo_count: 1 });
  });

  it('says nothing of quotas while there are none', async () => {
    await make('unlimited-summary');
    const { configuration } = server.services;
    const actor = { username: 'admin', sourceAddress: undefined };
    await configuration.update({ quota_per_project_enable: false }, actor);
    expect(await (await get('unlimited-summary', asOwner)).json()).not.toHaveProperty('quota');
    await configuration.update({ quota_per_project_enable: true }, actor);
  });

  it('is for who may see the project', async () => {
    await make('summed-privately');
    expect((await get('summed-privately', {})).status).toBe(401);
    expect((await get('summed-privately', asStranger)).status).toBe(403);
    expect((await errorOf(await get('absent', asAdmin))).code).toBe('NOT_FOUND');
  });
});
