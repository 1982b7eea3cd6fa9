import { createExecutionContext } from 'cloudflare:test';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '#core/errors';
import type { LdapDirectory } from '#domain/ldap/ldap-directory';
import { LdapService } from '#domain/ldap/ldap-service';
import type { LdapUser } from '#domain/ldap/ldap-user';
import { createHarness } from '#test/support/harness';
import { createRecordedApp } from '#test/support/recording/recorded-app';
import { asAdmin, basic, errorOf, insertUser } from '#test/support/server';

const SETTINGS = {
  auth_mode: 'ldap_auth',
  ldap_url: 'ldap://directory.test',
  ldap_search_dn: 'cn=reader,dc=x',
  ldap_search_password: 'Reader-Pass-1',
};
const asNobody = { authorization: '' };
const asUser = basic('ldap-local', 'Passw0rd-local');

const directory = {
  ping: vi.fn<LdapDirectory['ping']>(),
  searchUsers: vi.fn<LdapDirectory['searchUsers']>(),
  findUsers: vi.fn<LdapDirectory['findUsers']>(),
  searchGroups: vi.fn<LdapDirectory['searchGroups']>(),
  findGroup: vi.fn<LdapDirectory['findGroup']>(),
  authenticate: vi.fn<LdapDirectory['authenticate']>(),
};

/** The worker with a directory that a test scripts. */
function createServer(settings: Readonly<Record<string, string>>) {
  const { env, services, clock } = createHarness({ CONFIG_OVERWRITE_JSON: JSON.stringify(settings) });
  const { configuration, users } = services;
  const ask = createRecordedApp(() => ({ ...services, ldap: new LdapService({ directory, configuration, users }) }));
  const send = async (method: string, path: string, { json, headers }: { json?: unknown; headers?: object } = {}) => {
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    const all = { ...(json !== undefined && { 'content-type': 'application/json' }), ...asAdmin, ...headers };
    const request = new Request(`http://registry.test/api/v2.0/ldap${path}`, { method, headers: all, ...body });
    if (all.authorization === '') request.headers.delete('authorization');
    return ask(request, env, createExecutionContext());
  };
  return { send, users, clock };
}

const { send, users, clock } = createServer(SETTINGS);
const local = createServer({ ...SETTINGS, auth_mode: 'db_auth' });

function userOf(username: string, fields: Partial<LdapUser> = {}): LdapUser {
  return { dn: `cn=${username},dc=x`, username, email: undefined, realname: undefined, groupDns: [], ...fields };
}

beforeAll(() => insertUser({ clock }, 'ldap-local', 'Passw0rd-local'));
beforeEach(() => {
  vi.resetAllMocks();
});

describe.each([
  ['POST', '/ping', {}],
  ['GET', '/users/search', undefined],
  ['POST', '/users/import', { ldap_uid_list: ['somebody'] }],
  ['GET', '/groups/search?groupname=g', undefined],
])('%s /ldap%s', (method, path, json) => {
  it('answers 401 to somebody unknown and 403 to who is no administrator, and asks no directory', async () => {
    expect((await local.send(method, path, { json, headers: asNobody })).status).toBe(401);
    expect((await local.send(method, path, { json, headers: asUser })).status).toBe(403);
    for (const operation of Object.values(directory)) expect(operation).not.toHaveBeenCalled();
  });
});

describe('POST /ldap/ping', () => {
  it('tries the settings that are set, without a body or with an empty one', async () => {
    for (const options of [{}, { json: {} }, { json: { ldap_search_password: '', ldap_url: '' } }]) {
      const response = await send('POST', '/ping', options);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ success: true, message: '' });
      expect(directory.ping).toHaveBeenLastCalledWith(
        expect.objectContaining({ url: SETTINGS.ldap_url, searchPassword: SETTINGS.ldap_search_password }),
      );
    }
  });

  it('takes JSON that is announced and not sent for no body', async () => {
    const response = await send('POST', '/ping', { headers: { ...asAdmin, 'content-type': 'application/json' } });
    expect([response.status, await response.json()]).toEqual([200, { success: true, message: '' }]);
  });

  it('tries what is given in their place', async () => {
    const json = {
      ldap_url: 'ldaps://other.test',
      ldap_search_dn: 'cn=other',
      ldap_search_password: 'Other-Pass',
      ldap_connection_timeout: 9,
      ldap_scope: 1,
      ldap_verify_cert: false,
    };
    await send('POST', '/ping', { json });
    expect(directory.ping).toHaveBeenCalledWith(
      expect.objectContaining({
        url: 'ldaps://other.test',
        searchDn: 'cn=other',
        searchPassword: 'Other-Pass',
        timeoutSeconds: 9,
        scope: 1,
        isCertificateVerified: false,
      }),
    );
  });

  it.each([{ ldap_url: 'ldap://other.test' }, { ldap_search_dn: 'cn=other' }])(
    'sends the password that is set to nobody else: %j',
    async (json) => {
      const response = await send('POST', '/ping', { json });
      expect(await response.json()).toMatchObject({ success: false, message: expect.stringContaining('password') });
      expect(directory.ping).not.toHaveBeenCalled();
    },
  );

  it('answers 200 with the reason when the directory cannot be asked', async () => {
    directory.ping.mockRejectedValue(new AppError('SERVICE_UNAVAILABLE', { message: 'nobody there' }));
    const response = await send('POST', '/ping');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ success: false, message: 'error: nobody there' });
  });

  it('refuses a scope that is none with 422', async () => {
    expect((await send('POST', '/ping', { json: { ldap_scope: 3 } })).status).toBe(422);
  });
});

describe('GET /ldap/users/search', () => {
  it('tells the users of a name, or all of them', async () => {
    directory.searchUsers.mockResolvedValue([userOf('a', { email: 'a@x.org', realname: 'A' }), userOf('b')]);
    expect(await (await send('GET', '/users/search?username=a')).json()).toEqual([
      { username: 'a', realname: 'A', email: 'a@x.org' },
      { username: 'b' },
    ]);
    await send('GET', '/users/search?username=');
    expect(directory.searchUsers.mock.calls.map(([, username]) => username)).toEqual(['a', undefined]);
  });

  it('answers 503 when the directory does not answer, and 400 when a setting is wrong', async () => {
    for (const [code, status] of [['SERVICE_UNAVAILABLE', 503] as const, ['BAD_REQUEST', 400] as const]) {
      directory.searchUsers.mockRejectedValue(new AppError(code, { message: 'ldap_filter' }));
      const response = await send('GET', '/users/search');
      expect(response.status).toBe(status);
      expect(await errorOf(response)).toEqual({ code, message: 'ldap_filter' });
    }
  });
});

describe('POST /ldap/users/import', () => {
  const importUsers = (...uids: string[]) => send('POST', '/users/import', { json: { ldap_uid_list: uids } });

  it('makes accounts as a first login would, and leaves those that are there alone', async () => {
    directory.findUsers.mockResolvedValue([[userOf('Ida', { email: 'ida@x.org', realname: 'Ida I' })]]);
    for (const _ of ['first', 'again']) {
      const response = await importUsers('ida');
      expect(response.status).toBe(200);
      expect(await response.text()).toBe('');
    }
    expect(await users.find('Ida')).toMatchObject({
      email: 'ida@x.org',
      realname: 'Ida I',
      passwordHash: undefined,
      isAdminInAuth: false,
    });
  });

  it('answers 404 with those that could not be imported', async () => {
    directory.findUsers.mockResolvedValue([
      [],
      [userOf('twin'), userOf('twin')],
      [userOf('admin')],
      [userOf('ldap-local')],
      [userOf('has,comma')],
      [userOf('right')],
    ]);
    const response = await importUsers('nobody', 'twin', 'admin', 'ldap-local', 'comma', 'right', '');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual([
      { uid: '', error: 'empty_uid' },
      { uid: 'nobody', error: 'unknown_user' },
      { uid: 'twin', error: 'ambiguous_user' },
      { uid: 'admin', error: 'failed to import user: admin' },
      { uid: 'ldap-local', error: 'failed to import user: ldap-local' },
      { uid: 'comma', error: 'failed to import user: comma' },
    ]);
    expect(await users.find('right')).toBeDefined();
    expect(await users.find('admin')).toMatchObject({ isSystemAdmin: true });
  });

  it('is refused with 400 while people do not log in at a directory', async () => {
    const response = await local.send('POST', '/users/import', { json: { ldap_uid_list: ['ida'] } });
    expect(response.status).toBe(400);
    expect(directory.findUsers).not.toHaveBeenCalled();
  });

  it('takes at most a hundred at a time', async () => {
    expect((await importUsers(...Array.from({ length: 101 }, (_, index) => `u${index}`))).status).toBe(422);
  });
});

describe('GET /ldap/groups/search', () => {
  const group = { dn: 'cn=g,dc=x', name: 'g' };
  const dto = { group_name: 'g', group_type: 1, ldap_group_dn: 'cn=g,dc=x' };

  it('finds groups by name, or else by DN', async () => {
    directory.searchGroups.mockResolvedValue([group]);
    directory.findGroup.mockResolvedValue(group);
    expect(await (await send('GET', '/groups/search?groupname=g&groupdn=cn%3Dg')).json()).toEqual([dto]);
    expect(directory.findGroup).not.toHaveBeenCalled();
    expect(await (await send('GET', '/groups/search?groupdn=cn%3Dg')).json()).toEqual([dto]);
    expect(directory.findGroup).toHaveBeenCalledWith(expect.anything(), 'cn=g');
  });

  it('answers 404 when there is none, and when none is named', async () => {
    directory.searchGroups.mockResolvedValue([]);
    for (const query of ['?groupname=g', '?groupdn=cn%3Dg', '']) {
      expect((await send('GET', `/groups/search${query}`)).status).toBe(404);
    }
  });
});
