import { beforeAll, describe, expect, it } from 'vitest';
import { createHarness } from '#test/support/harness';
import { asAdmin, basic, createServer, errorOf, insertUser, testEnv } from '#test/support/server';

const server = createServer();
const PASSWORD = 'Passw0rd-config';
const PATH = '/api/v2.0/configurations';

interface Item {
  readonly value: unknown;
  readonly editable: boolean;
}

async function read(headers: Record<string, string> = asAdmin, from = server) {
  const response = await from.request(PATH, { headers });
  return { status: response.status, items: (await response.json()) as Record<string, Item> };
}

function write(changes: unknown, headers: Record<string, string> = asAdmin, to = server) {
  return to.request(PATH, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(changes),
  });
}

describe('the settings', () => {
  it('begin with Harbor’s defaults, each with whether it can be changed', async () => {
    const { status, items } = await read();
    expect(status).toBe(200);
    expect(items['auth_mode']).toEqual({ value: 'db_auth', editable: true });
    expect(items['token_expiration']).toEqual({ value: 30, editable: true });
    expect(items['robot_name_prefix']).toEqual({ value: 'robot$', editable: true });
    expect(items['storage_per_project']).toEqual({ value: -1, editable: true });
    expect(items['oidc_extra_redirect_parms']).toEqual({ value: '{}', editable: true });
  });

  it('change where they are named, and only there', async () => {
    expect((await write({ token_expiration: 45, session_timeout: '90', of_no_setting: 1 })).status).toBe(200);
    const { items } = await read();
    expect(items['token_expiration']?.value).toBe(45);
    expect(items['session_timeout']?.value).toBe(90);
    expect(items['robot_token_duration']?.value).toBe(30);
    expect(items['of_no_setting']).toBeUndefined();
    await write({ token_expiration: 30, session_timeout: 60 });
  });

  it('reach other isolates within 10 s', async () => {
    const other = createServer();
    await read(asAdmin, other);
    await write({ banner_message: 'maintenance' });
    other.clock.advance(10_000);
    expect((await read(asAdmin, other)).items['banner_message']?.value).toBe('maintenance');
  });

  it('let no account with a password be made where the way of logging in has changed a moment ago', async () => {
    const create = (on: typeof server) =>
      on.request('/api/v2.0/users', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...asAdmin },
        body: JSON.stringify({ username: 'late', password: PASSWORD, email: 'late@example.com', realname: 'Late' }),
      });
    const other = createServer();
    await read(asAdmin, other);
    expect((await write({ auth_mode: 'ldap_auth' })).status).toBe(200);
    const refused = await create(other);
    expect([refused.status, (await errorOf(refused)).code]).toEqual([403, 'FORBIDDEN']);
    const fixed = createServer({ CONFIG_OVERWRITE_JSON: '{"auth_mode":"db_auth"}' });
    const made = await create(fixed);
    expect(made.status).toBe(201);
    await fixed.request(made.headers.get('location') ?? '', { method: 'DELETE', headers: asAdmin });
    expect((await write({ auth_mode: 'db_auth' })).status).toBe(200);
  });

  it('change the way of logging in under no account, however late it came', async () => {
    const actor = { username: 'admin', sourceAddress: undefined };
    await server.services.configuration.update({ auth_mode: 'ldap_auth' }, actor);
    let userId = 0;
    const slow = createHarness({}, async (call, invoke) => {
      if (call.binding === 'DB' && call.method === 'batch' && userId === 0) {
        await server.services.configuration.update({ auth_mode: 'db_auth' }, actor);
        userId = await insertUser(server, 'in-between', PASSWORD);
      }
      return invoke();
    });
    const late = slow.services.configuration.update({ auth_mode: 'ldap_auth' }, actor);
    await expect(late).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect((await read(asAdmin, createServer())).items['auth_mode']?.value).toBe('db_auth');
    expect((await write({ auth_mode: 'db_auth' })).status).toBe(200);
    await testEnv.DB.prepare('delete from users where id = ?').bind(userId).run();
  });

  it('never answer a secret, and keep it sealed', async () => {
    expect((await write({ ldap_search_password: 'Top-secret-1', oidc_client_secret: 'Top-secret-2' })).status).toBe(
      200,
    );
    expect(JSON.stringify((await read()).items)).not.toMatch(/Top-secret|ldap_search_password|oidc_client_secret/);
    const { results } = await testEnv.DB.prepare('select * from properties').all();
    expect(JSON.stringify(results)).not.toContain('Top-secret');
    expect((await server.services.configuration.current()).ldap_search_password).toBe('Top-secret-1');
  });

  it('keep a secret when a form sends none', async () => {
    await write({ ldap_search_password: '', ldap_base_dn: 'dc=example' });
    expect((await server.services.configuration.current()).ldap_search_password).toBe('Top-secret-1');
  });

  it('tell that there is a client secret of the UAA, as Harbor’s clients expect, and not which', async () => {
    await write({ uaa_client_secret: 'Top-secret-4' });
    const { items } = await read();
    expect(items['uaa_client_secret']).toEqual({ value: '', editable: true });
    await write({ uaa_client_secret: '' });
    expect((await server.services.configuration.current()).uaa_client_secret).toBe('Top-secret-4');
  });

  it('leave a line in the audit log that names keys and no values', async () => {
    await write({ uaa_client_secret: 'Top-secret-3' });
    const description = await testEnv.DB.prepare(
      `select description from audit_log where resource_type = 'configuration' order by id desc limit 1`,
    ).first<string>('description');
    expect(description).toBe('update configuration: uaa_client_secret');
  });

  it.each([
    [{ token_expiration: 0 }, /token_expiration/],
    [{ token_expiration: 12_345_678_901 }, /token_expiration/],
    [{ session_timeout: 'soon' }, /session_timeout/],
    [{ robot_token_duration: -1 }, /robot_token_duration/],
    [{ robot_name_prefix: '' }, /robot_name_prefix/],
    [{ robot_name_prefix: 'ro bot/' }, /robot_name_prefix/],
    [{ robot_name_prefix: 'a:b' }, /robot_name_prefix/],
    [{ auth_mode: 'magic' }, /auth_mode/],
    [{ ldap_scope: 3 }, /ldap_scope/],
    [{ oidc_endpoint: 'ftp://somewhere' }, /oidc_endpoint/],
    [{ oidc_extra_redirect_parms: '{"a":1}' }, /oidc_extra_redirect_parms/],
    [{ read_only: 'perhaps' }, /read_only/],
    [{ storage_per_project: -2 }, /storage_per_project/],
    [{ ldap_group_search_filter: '(cn=*)', ldap_group_attribute_name: '' }, /group name attribute/],
    [{ skip_audit_log_database: true }, /audit log forward endpoint/],
    [{ audit_log_forward_endpoint: 'tcp://logs.example.com' }, /audit_log_forward_endpoint/],
  ])('refuse %o, change nothing, and name the key', async (changes, words) => {
    const before = await read();
    const response = await write({ ldap_uid: 'uid', ...changes });
    const { code, message } = await errorOf(response);
    expect([response.status, code]).toEqual([400, 'BAD_REQUEST']);
    expect(message).toMatch(words);
    expect(await read()).toEqual(before);
  });

  it.each(['[]', '"text"', '{', 'null'])('refuse the body %s', async (body) => {
    const headers = { 'content-type': 'application/json', ...asAdmin };
    const response = await server.request(PATH, { method: 'PUT', headers, body });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
  });
});

describe('settings the deployment fixes', () => {
  const fixed = createServer({ CONFIG_OVERWRITE_JSON: '{"token_expiration": 5}' });

  it('count, and cannot be changed', async () => {
    const { items } = await read(asAdmin, fixed);
    expect(items['token_expiration']).toEqual({ value: 5, editable: false });
    const response = await write({ token_expiration: 10 }, asAdmin, fixed);
    expect([response.status, (await errorOf(response)).code]).toEqual([403, 'FORBIDDEN']);
  });

  it('shorten tokens', async () => {
    const response = await fixed.request('/service/token?service=harbor-registry', { headers: asAdmin });
    expect(await response.json()).toMatchObject({ expires_in: 300 });
  });
});

describe('who may see and change settings', () => {
  beforeAll(() => insertUser(server, 'config-user', PASSWORD));

  it('is an administrator and nobody else', async () => {
    expect((await read({})).status).toBe(401);
    expect((await write({}, {})).status).toBe(401);
    expect((await read(basic('config-user', PASSWORD))).status).toBe(403);
    expect((await write({}, basic('config-user', PASSWORD))).status).toBe(403);
  });

  it('finds the way of logging in fixed once there are accounts', async () => {
    expect((await read()).items['auth_mode']).toEqual({ value: 'db_auth', editable: false });
    const response = await write({ auth_mode: 'ldap_auth', token_expiration: 31 });
    expect([response.status, (await errorOf(response)).code]).toEqual([400, 'BAD_REQUEST']);
    expect((await read()).items['token_expiration']?.value).toBe(30);
    expect((await write({ auth_mode: 'db_auth' })).status).toBe(200);
  });
});
