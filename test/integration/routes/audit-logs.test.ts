import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { D1AuditStore } from '#adapters/d1/audit-store';
import { mutationStatements } from '#adapters/d1/mutation';
import type { Access } from '#core/rbac/robot-permissions';
import { type Mutation, newMutation } from '#domain/events/mutation';
import { asAdmin, basic, createServer, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

const server = createServer();
const API = '/api/v2.0';
const PASSWORD = 'Passw0rd-audit';
const projects = { mine: 0, other: 0 };

interface Row {
  readonly projectId?: number | null;
  readonly operation?: string;
  readonly resourceType?: string;
  readonly resource?: string;
  readonly username?: string;
  readonly isSuccess?: boolean;
  readonly atMs?: number;
  readonly isHidden?: boolean;
}

/** Rows as mutations would have written them. */
async function insert(rows: readonly Row[]): Promise<void> {
  const values = rows.map((row) => ({
    projectId: row.projectId ?? null,
    operation: row.operation ?? 'create',
    resourceType: row.resourceType ?? 'artifact',
    resource: row.resource ?? 'audit-mine/app:1',
    username: row.username ?? 'somebody',
    isSuccess: Number(row.isSuccess ?? true),
    atMs: row.atMs ?? 0,
    isHidden: Number(row.isHidden ?? false),
  }));
  await testEnv.DB.prepare(
    `insert into audit_log (operation_id, project_id, operation, resource_type, resource, username, description, is_success,
       at_ms, is_hidden)
     select lower(hex(randomblob(16))), value ->> 'projectId', value ->> 'operation', value ->> 'resourceType',
       value ->> 'resource', value ->> 'username', 'as described', value ->> 'isSuccess', value ->> 'atMs', value ->> 'isHidden'
     from json_each(?)`,
  )
    .bind(JSON.stringify(values))
    .run();
}

const get = (path: string, headers: Record<string, string> = asAdmin) => server.request(`${API}${path}`, { headers });

async function list(path: string, headers: Record<string, string> = asAdmin) {
  const response = await get(path, headers);
  expect(response.status).toBe(200);
  const items = (await response.json()) as Record<string, unknown>[];
  return { items, total: Number(response.headers.get('x-total-count')), link: response.headers.get('link') };
}

const resources = async (path: string, headers?: Record<string, string>) =>
  (await list(path, headers)).items.map((item) => item['resource']);

const q = (text: string) => `q=${encodeURIComponent(text)}`;

async function robot(permissions: object[]): Promise<Record<string, string>> {
  const response = await server.request(`${API}/robots`, {
    method: 'POST',
    headers: { ...asAdmin, 'content-type': 'application/json' },
    body: JSON.stringify({ name: `audit-${crypto.randomUUID()}`, level: 'system', duration: -1, permissions }),
  });
  expect(response.status).toBe(201);
  const { name, secret } = (await response.json()) as { name: string; secret: string };
  await testEnv.DB.prepare('delete from audit_log').run();
  return basic(name, secret);
}

const on = (resource: Access['resource'], action: Access['action']) => [{ resource, action }];

beforeAll(async () => {
  const [owner, developer] = [
    await insertUser(server, 'audit-owner', PASSWORD),
    await insertUser(server, 'audit-developer', PASSWORD),
  ];
  projects.mine = await insertProject(server, 'audit-mine', { members: { [owner]: 1, [developer]: 2 } });
  projects.other = await insertProject(server, 'audit-other', { isPublic: true });
});

beforeEach(async () => {
  await testEnv.DB.prepare('delete from audit_log').run();
});

const asOwner = basic('audit-owner', PASSWORD);
const asDeveloper = basic('audit-developer', PASSWORD);

describe('GET /audit-logs and /auditlog-exts', () => {
  it('answers with entries in the old and in the new shape, newest first', async () => {
    await insert([
      { resource: 'old', atMs: 1_000 },
      { resource: 'new', atMs: 2_000, operation: 'login', resourceType: 'user', username: 'ada', isSuccess: false },
    ]);
    const { items, total } = await list('/audit-logs');
    expect(total).toBe(2);
    expect(items[0]).toEqual({
      id: expect.any(Number),
      username: 'ada',
      resource: 'new',
      resource_type: 'user',
      operation: 'login',
      op_time: '1970-01-01T00:00:02.000Z',
    });
    const { items: exts } = await list('/auditlog-exts');
    expect(exts).toMatchObject([
      { resource: 'new', operation_description: 'as described', operation_result: false },
      { resource: 'old', operation_result: true },
    ]);
  });

  it('leaves out a resource that nobody knows', async () => {
    await insert([{ resource: '' }]);
    expect((await list('/auditlog-exts')).items[0]).not.toHaveProperty('resource');
  });

  it('answers an empty log with an empty array', async () => {
    expect(await list('/audit-logs')).toEqual({ items: [], total: 0, link: null });
  });

  it('pages, and sorts by time either way', async () => {
    await insert([1, 2, 3, 4, 5].map((atMs) => ({ resource: String(atMs), atMs })));
    expect(await resources('/audit-logs?page=2&page_size=2')).toEqual(['3', '2']);
    expect(await resources('/audit-logs?page=2&page_size=2&sort=op_time')).toEqual(['3', '4']);
    expect(await resources('/audit-logs?page=9&page_size=2')).toEqual([]);
    const { total, link } = await list('/audit-logs?page=2&page_size=2');
    expect(total).toBe(5);
    expect(link).toMatch(/page=1.*rel="prev".*page=3.*rel="next"/);
  });

  it.each([
    ['username=ada', ['a']],
    ['username=~AD', ['a']],
    ['username={ada bob}', ['b', 'a']],
    ['operation=delete', ['b']],
    ['operation=~EL', ['b']],
    ['resource_type=user', ['a']],
    ['ResourceType=~us', ['a']],
    ['resource=b', ['b']],
    ['resource=~A', ['a']],
    ['operation_description=~described', ['c', 'b', 'a']],
    ['operation_result=false', ['c']],
    ['is_successful=true', ['b', 'a']],
    ['op_time=[1970-01-01T00:00:02~]', ['c', 'b']],
    ['op_time=[~1970-01-01T00:00:01]', ['a']],
    ['op_time=[1970-01-01 00:00:02~1970-01-01 00:00:02],username=~b', ['b']],
    ['username=bob,operation=create', []],
    ['username=bob,resource=b,operation=delete', ['b']],
  ])('filters by %s', async (query, expected) => {
    await insert([
      { resource: 'a', username: 'ada', resourceType: 'user', atMs: 1_000 },
      { resource: 'b', username: 'bob', operation: 'delete', atMs: 2_000 },
      { resource: 'c', username: 'eve', isSuccess: false, atMs: 3_000 },
    ]);
    const { items, total } = await list(`/auditlog-exts?${q(query)}`);
    expect(items.map((item) => item['resource'])).toEqual(expected);
    expect(total).toBe(expected.length);
  });

  it('filters by project', async () => {
    await insert([
      { resource: 'a', projectId: projects.mine, atMs: 1 },
      { resource: 'b', projectId: projects.other, atMs: 2 },
    ]);
    expect(await resources(`/auditlog-exts?${q(`project_id=${projects.other}`)}`)).toEqual(['b']);
    expect(await resources(`/auditlog-exts?${q(`project_id=${projects.other}`)}`, asOwner)).toEqual([]);
    expect(await resources(`/projects/audit-mine/logs?${q(`project_id=${projects.other}`)}`)).toEqual([]);
    expect(await resources(`/auditlog-exts?${q(`project_id=${projects.mine},username=somebody`)}`)).toEqual(['a']);
  });

  it.each(['payload=x', 'op_time=yesterday', 'resource=[1~2]', 'operation_result=perhaps', 'username'])(
    'answers 400 to the filter %s',
    async (query) => {
      const response = await get(`/audit-logs?${q(query)}`);
      expect(response.status).toBe(400);
      expect((await errorOf(response)).code).toBe('BAD_REQUEST');
    },
  );

  it('answers 422 to a page that is too large', async () => {
    expect((await get('/auditlog-exts?page_size=101')).status).toBe(422);
  });

  it('answers 401 to somebody unknown', async () => {
    for (const path of ['/audit-logs', '/auditlog-exts']) expect((await get(path, {})).status).toBe(401);
  });

  it('shows who is no administrator the projects where they may list the log, and nothing else', async () => {
    await insert([
      { resource: 'mine', projectId: projects.mine },
      { resource: 'other', projectId: projects.other },
      { resource: 'system' },
    ]);
    expect(await resources('/audit-logs', asOwner)).toEqual(['mine']);
    expect(await resources('/audit-logs', asDeveloper)).toEqual([]);
    expect(await resources(`/audit-logs?${q('username=somebody')}`, asOwner)).toEqual(['mine']);
    expect(await resources(`/audit-logs?${q('username=somebody')}`, asDeveloper)).toEqual([]);
  });

  it('brings several projects together', async () => {
    const userId = await insertUser(server, 'audit-many', PASSWORD);
    const ids: number[] = [];
    for (const name of ['audit-one', 'audit-two', 'audit-three']) {
      ids.push(await insertProject(server, name, { members: { [userId]: 1 } }));
    }
    await testEnv.DB.prepare('delete from audit_log').run();
    await insert([1, 2, 3, 4, 5, 6].map((atMs) => ({ resource: String(atMs), projectId: ids[atMs % 3] ?? 0, atMs })));
    const asMany = basic('audit-many', PASSWORD);
    expect(await resources('/audit-logs?page_size=4', asMany)).toEqual(['6', '5', '4', '3']);
    expect(await resources('/audit-logs?page_size=4&page=2&sort=op_time', asMany)).toEqual(['5', '6']);
    const { items, total } = await list(`/audit-logs?${q('resource={1 6},op_time=[1970-01-01~]')}`, asMany);
    expect([items.length, total]).toEqual([2, 2]);
  });

  it('shows a robot the projects it was given, any project, or all', async () => {
    const project = (namespace: string) => ({ kind: 'project', namespace, access: on('log', 'list') });
    const one = await robot([project('audit-mine')]);
    const any = await robot([project('*')]);
    const all = await robot([{ kind: 'system', namespace: '/', access: on('audit-log', 'list') }]);
    const none = await robot([{ kind: 'project', namespace: 'audit-mine', access: on('repository', 'pull') }]);
    await insert([
      { resource: 'mine', projectId: projects.mine, atMs: 3 },
      { resource: 'other', projectId: projects.other, atMs: 2 },
      { resource: 'system', atMs: 1 },
    ]);
    expect(await resources('/audit-logs', one)).toEqual(['mine']);
    expect(await resources('/audit-logs', any)).toEqual(['mine', 'other']);
    expect(await resources('/audit-logs', all)).toEqual(['mine', 'other', 'system']);
    expect(await resources('/audit-logs', none)).toEqual([]);
  });

  it('shows a robot nothing of a project where that is denied it, nor of any by a wildcard then', async () => {
    const denied = { resource: 'log', action: 'list', effect: 'deny' };
    const limited = await robot([
      { kind: 'project', namespace: '*', access: on('log', 'list') },
      { kind: 'project', namespace: 'audit-mine', access: [denied] },
      { kind: 'project', namespace: 'audit-other', access: on('log', 'list') },
    ]);
    await insert([
      { resource: 'mine', projectId: projects.mine },
      { resource: 'other', projectId: projects.other },
      { resource: 'third', projectId: 987_654 },
    ]);
    expect(await resources('/audit-logs', limited)).toEqual(['other']);
  });

  it('shows nothing that is hidden', async () => {
    await insert([{ isHidden: true, projectId: projects.mine, username: 'ada' }]);
    for (const path of ['/audit-logs', '/projects/audit-mine/logs', `/auditlog-exts?${q('username=ada')}`]) {
      expect(await list(path)).toMatchObject({ items: [], total: 0 });
    }
  });
});

describe('GET /projects/{project_name}/logs and /auditlog-exts', () => {
  it.each(['logs', 'auditlog-exts'])('lists what happened in the project: %s', async (kind) => {
    await insert([
      { resource: 'mine', projectId: projects.mine },
      { resource: 'other', projectId: projects.other },
      { resource: 'system' },
    ]);
    const { items, total } = await list(`/projects/audit-mine/${kind}`, asOwner);
    expect(items.map((item) => item['resource'])).toEqual(['mine']);
    expect(total).toBe(1);
    expect('operation_result' in (items[0] ?? {})).toBe(kind === 'auditlog-exts');
  });

  it.each(['logs', 'auditlog-exts'])('refuses others, a public project too: %s', async (kind) => {
    expect((await get(`/projects/audit-mine/${kind}`, asDeveloper)).status).toBe(403);
    expect((await get(`/projects/audit-other/${kind}`, asOwner)).status).toBe(403);
    expect((await get(`/projects/audit-mine/${kind}`, {})).status).toBe(401);
    expect((await get(`/projects/audit-absent/${kind}`)).status).toBe(404);
  });
});

describe('GET /auditlog-exts/events', () => {
  it('lists the types of events, those of Harbor first', async () => {
    const response = await get('/auditlog-exts/events');
    const types = (await response.json()) as { event_type: string }[];
    expect(types.slice(0, 3)).toEqual([
      { event_type: 'create_artifact' },
      { event_type: 'delete_artifact' },
      { event_type: 'pull_artifact' },
    ]);
    expect(types[17]).toEqual({ event_type: 'update_project' });
  });

  it('refuses who may not list the whole log', async () => {
    expect((await get('/auditlog-exts/events', asOwner)).status).toBe(403);
    expect((await get('/auditlog-exts/events', {})).status).toBe(401);
  });
});

describe('what a page reads', () => {
  /** Rows read by the page alone, as D1 counts them. */
  async function rowsRead(
    ...[scope, filter]: Parameters<D1AuditStore['list']> extends [infer S, infer F, ...unknown[]] ? [S, F] : never
  ) {
    let page = 0;
    const db = {
      prepare: (sql: string) => testEnv.DB.prepare(sql),
      batch: async (statements: D1PreparedStatement[]) => {
        const results = await testEnv.DB.batch(statements);
        page = results[0]?.meta.rows_read ?? Number.NaN;
        return results;
      },
    };
    const store = new D1AuditStore({ db: db as unknown as D1Database });
    await store.list(scope, filter, { limit: 10, offset: 0, isDescending: true });
    return page;
  }

  it('is bounded by the page, whatever it lists', async () => {
    const more = (row: Row) => Array.from({ length: 400 }, (_, atMs) => ({ ...row, atMs }));
    await insert([
      ...more({ projectId: projects.mine }),
      ...more({ projectId: projects.other, username: 'ada' }),
      ...more({ operation: 'delete' }),
    ]);
    const exact = (value: string) => ({ match: 'exact', value }) as const;
    expect(await rowsRead({ kind: 'all' }, {})).toBeLessThan(60);
    expect(await rowsRead({ kind: 'projects', ids: [projects.mine] }, {})).toBeLessThan(60);
    expect(await rowsRead({ kind: 'all' }, { username: exact('ada') })).toBeLessThan(60);
    expect(await rowsRead({ kind: 'all' }, { operation: exact('delete') })).toBeLessThan(60);
    expect(await rowsRead({ kind: 'projects', ids: [projects.mine, projects.other] }, {})).toBeLessThan(120);
    expect(await rowsRead({ kind: 'all' }, { atMs: { match: 'range', min: 100, max: 300 } })).toBeLessThan(60);
  });
});

describe('a log of more than 10,000 entries', () => {
  it('is listed to its end, and searched in the first of them, from where op_time says', async () => {
    await testEnv.DB.prepare(
      `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 10050)
       insert into audit_log (operation_id, operation, resource_type, resource, username, description, is_success, at_ms)
       select 'many-' || n, 'create', 'artifact', 'entry-' || n || '-', 'somebody', '', 1, n * 1000 from numbers`,
    ).run();
    const { total } = await list('/audit-logs?page_size=100');
    expect(total).toBe(await testEnv.DB.prepare('select count(*) n from audit_log').first('n'));
    expect((await resources('/audit-logs?page_size=100&page=101')).at(-1)).toBe('entry-1-');
    const created = `/audit-logs?${q('operation=create')}`;
    const filtered = await list(`${created}&page_size=100`);
    expect(filtered.total).toBe(10_000);
    expect(filtered.link).toContain('rel="next"');
    expect(await resources(`${created}&page_size=100&page=101`)).toEqual([]);
    expect((await resources(`${created}&page_size=100&page=100`)).at(-1)).toBe('entry-51-');
    expect(await resources(`/audit-logs?${q('resource=entry-51-')}`)).toEqual(['entry-51-']);
    expect(await resources(`/audit-logs?${q('resource=entry-50-')}`)).toEqual([]);
    expect(await resources(`/audit-logs?${q('resource=entry-50-,op_time=[~1970-01-01T01:00:00]')}`)).toEqual([
      'entry-50-',
    ]);
    expect(await resources(`/audit-logs?sort=op_time&${q('resource=entry-50-')}`)).toEqual(['entry-50-']);
  });
});

describe('what an entry costs', () => {
  it.each([
    ['of a project', { projectId: 1 }, 8],
    ['of none', { projectId: undefined }, 6],
  ])('is a row, one for each index it is in, and one for each total: %s', async (_, { projectId }, expected) => {
    const audit = { projectId, operation: 'create', resourceType: 'artifact', resource: '', description: '' };
    const mutation = newMutation(audit, { username: 'ada', sourceAddress: undefined }, server.clock);
    expect(await rowsWritten(mutation)).toBe(expected);
    await testEnv.DB.prepare(`insert into hidden_audit_events values ('create_artifact')`).run();
    expect(await rowsWritten({ ...mutation, operationId: 'hidden' })).toBe(3);
    await testEnv.DB.prepare('delete from hidden_audit_events').run();
  });

  async function rowsWritten(mutation: Mutation): Promise<number> {
    const results = await testEnv.DB.batch(mutationStatements(testEnv.DB, mutation));
    return results.reduce((sum, { meta }) => sum + meta.rows_written, 0);
  }
});
