import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tick } from '#queues/tick';
import { Browser } from '#test/support/browser';
import { asAdmin, basic, createServer, insertProject, insertUser, testEnv } from '#test/support/server';

const API = '/api/v2.0';
const PASSWORD = 'Passw0rd-failures';
const server = createServer();
const asPerson = basic('failures-person', PASSWORD);

const entries = async () =>
  (
    await testEnv.DB.prepare('select * from audit_log where is_hidden = 0 order by id').all<
      Record<string, string | number | null>
    >()
  ).results;

function send(method: string, path: string, body: unknown, headers: Record<string, string> = asPerson, to = server) {
  return to.request(`${API}${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'cf-connecting-ip': '192.0.2.7', ...headers },
    body: JSON.stringify(body),
  });
}

async function logIn(principal: string, password: string): Promise<Response> {
  const browser = new Browser({
    request: (method, path, init) => {
      const headers = new Headers(init?.headers);
      headers.set('cf-connecting-ip', '192.0.2.7');
      return server.request(path, { ...init, method, headers });
    },
  });
  await browser.get('/c/log_out');
  return browser.postForm('/c/login', { principal, password });
}

beforeAll(async () => {
  const id = await insertUser(server, 'failures-person', PASSWORD);
  await insertProject(server, 'failures-a', { members: { [id]: 2 } });
});

beforeEach(async () => {
  await testEnv.DB.prepare('delete from audit_log').run();
});

describe('a login that fails', () => {
  it.each(['failures-person', 'nobody-has-this-name'])(
    'is in the log, whether the name is somebody: %s',
    async (name) => {
      expect((await logIn(name, 'wrong')).status).toBe(401);
      await expect.poll(entries).toMatchObject([
        {
          operation: 'login',
          resource_type: 'user',
          resource: name,
          username: name,
          is_success: 0,
          source_address: '192.0.2.7',
        },
      ]);
      const response = await server.request(`${API}/auditlog-exts?q=operation_result%3Dfalse`, { headers: asAdmin });
      expect(await response.json()).toMatchObject([{ username: name, operation: 'login', operation_result: false }]);
    },
  );

  it('is not delayed and does not fail when the log cannot be written', async () => {
    await testEnv.DB.prepare('alter table audit_log rename to audit_log_away').run();
    const response = await logIn('failures-person', 'wrong');
    await testEnv.DB.prepare('alter table audit_log_away rename to audit_log').run();
    expect(response.status).toBe(401);
  });

  it('is in the log of requests alone when it came with a request, as in Harbor', async () => {
    expect((await send('PUT', '/users/1', {}, basic('failures-person', 'wrong'))).status).toBe(401);
    expect((await logIn('failures-person', PASSWORD)).status).toBe(200);
    expect((await entries()).map((row) => row['is_success'])).toEqual([1]);
  });
});

describe('what somebody known is refused', () => {
  it.each([
    ['PUT', '/users/1/sysadmin', { sysadmin_flag: true }, 403, 'update', 'user', '1'],
    ['POST', '/users', { username: 'x' }, 403, 'create', 'user', ''],
    ['DELETE', '/users/1', {}, 403, 'delete', 'user', '1'],
    ['PUT', '/configurations', { read_only: true }, 403, 'update', 'configuration', ''],
    ['PUT', '/projects/failures-a', { metadata: { public: 'true' } }, 403, 'update', 'project', 'failures-a'],
    ['POST', '/projects/failures-a/members', { role_id: 1 }, 403, 'create', 'member', ''],
    ['DELETE', '/projects/failures-a/members/9', {}, 403, 'delete', 'member', '9'],
  ])('is in the log: %s %s', async (method, path, body, status, operation, resourceType, resource) => {
    expect((await send(method, path, body)).status).toBe(status);
    await expect.poll(entries).toMatchObject([
      {
        operation,
        resource_type: resourceType,
        resource,
        username: 'failures-person',
        is_success: 0,
        source_address: '192.0.2.7',
        description: `${operation} ${resourceType} refused with status 403`,
      },
    ]);
  });

  it('is in the log of the project it is about, named or by id', async () => {
    const project = await server.services.projects.find('failures-a');
    await send('PUT', '/projects/failures-a', {});
    await send('PUT', `/projects/${project?.id}`, {});
    await expect
      .poll(async () => (await entries()).map((row) => row['project_id']))
      .toEqual([project?.id, project?.id]);
  });

  it('is in the log when the input was wrong, too', async () => {
    expect((await send('PUT', '/configurations', { token_expiration: 'x' }, asAdmin)).status).toBe(400);
    await expect
      .poll(async () => (await entries()).map((row) => row['description']))
      .toEqual(['update configuration refused with status 400']);
  });

  it('is not, of other operations, nor of anybody unknown', async () => {
    expect((await send('PUT', '/users/1/sysadmin', { sysadmin_flag: true }, {})).status).toBe(401);
    expect((await send('POST', '/registries', {})).status).toBe(403);
    expect((await send('PUT', '/users/1/sysadmin', { sysadmin_flag: true })).status).toBe(403);
    await expect.poll(async () => (await entries()).map((row) => row['resource'])).toEqual(['1']);
  });
});

describe('the settings of the log', () => {
  const configure = (settings: object) => send('PUT', '/configurations', settings, asAdmin);
  const createProject = (name: string, to = server) => send('POST', '/projects', { project_name: name }, asAdmin, to);

  it('keep types of events out of it from the next deed on', async () => {
    expect((await configure({ disabled_audit_log_event_types: 'Create_Project, delete_user' })).status).toBe(200);
    await testEnv.DB.prepare('delete from audit_log').run();
    expect((await createProject('failures-hidden')).status).toBe(201);
    expect(await entries()).toEqual([]);
    expect((await configure({ disabled_audit_log_event_types: '' })).status).toBe(200);
    expect((await createProject('failures-shown')).status).toBe(201);
    expect((await entries()).map((row) => row['operation'])).toEqual(['update', 'create']);
  });

  it('leave what tells a repeated batch, for an hour', async () => {
    await configure({ disabled_audit_log_event_types: 'create_project' });
    await testEnv.DB.prepare('delete from audit_log').run();
    await createProject('failures-kept');
    const hidden = () => testEnv.DB.prepare('select count(*) n from audit_log where is_hidden = 1').first('n');
    expect(await hidden()).toBe(1);
    const row = await testEnv.DB.prepare('select operation_id from audit_log').first<{ operation_id: string }>();
    const again = testEnv.DB.prepare(
      `insert into audit_log (operation_id, operation, resource_type, resource, username, description, is_success, at_ms)
         values (?, '', '', '', '', '', 1, 0)`,
    ).bind(row?.operation_id);
    await expect(again.run()).rejects.toThrow(/UNIQUE constraint failed: audit_log.operation_id/);
    await server.services.audit.sweep();
    expect(await hidden()).toBe(1);
    server.clock.advance(60 * 60_000 + 1);
    await server.services.audit.sweep();
    expect(await hidden()).toBe(0);
    await configure({ disabled_audit_log_event_types: '' });
  });

  it('count within a minute where the deployment fixes them', async () => {
    const settings = { disabled_audit_log_event_types: 'create_project' };
    const fixed = createServer({ CONFIG_OVERWRITE_JSON: JSON.stringify(settings) });
    await tick(fixed.services);
    await createProject('failures-fixed', fixed);
    expect(await entries()).toEqual([]);
    await tick(server.services);
    await createProject('failures-free');
    expect(await entries()).toHaveLength(1);
  });
});
