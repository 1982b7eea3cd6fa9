import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { asAdmin, basic, createServer, fetchToken, insertProject, insertUser } from '#test/support/server';

const server = createServer();
interface Claims {
  readonly sub: string;
  readonly exp: number;
  readonly nbf: number;
  readonly iat: number;
  readonly access: readonly { readonly type: string; readonly name: string; readonly actions: readonly string[] }[];
}
const claimsOf = (token: string): Claims => decodeJwt<Claims>(token);
const tokenUrl = (query: string) => `/service/token?service=harbor-registry${query}`;

describe('GET /service/token', () => {
  it('answers in the shape of Harbor', async () => {
    const response = await server.request(tokenUrl('&scope=repository:library/app:pull'));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      token: expect.any(String),
      access_token: '',
      expires_in: 1_800,
      issued_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  it('gives an administrator every action on a project, whatever was asked for', async () => {
    const token = await fetchToken(server, 'repository:library/app:pull', asAdmin);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'JWT', kid: expect.any(String) });
    const claims = claimsOf(token);
    expect(claims).toMatchObject({
      iss: 'harbor-token-issuer',
      sub: 'admin',
      aud: ['harbor-registry'],
      access: [{ type: 'repository', name: 'library/app', actions: ['pull', 'push', 'delete', 'scanner-pull'] }],
    });
    expect(claims.exp).toBe(claims.iat + 1_800);
    expect(claims.nbf).toBe(claims.iat);
  });

  it('gives somebody anonymous pull on a public project and nothing on others, known or not', async () => {
    await insertProject(server, 'token-private');
    const scope = 'repository:library/app:pull,push repository:token-private/app:pull repository:nowhere/app:pull';
    const claims = claimsOf(await fetchToken(server, scope));
    expect(claims.sub).toBe('');
    expect(claims.access).toEqual([
      { type: 'repository', name: 'library/app', actions: ['pull'] },
      { type: 'repository', name: 'token-private/app', actions: [] },
      { type: 'repository', name: 'nowhere/app', actions: [] },
    ]);
  });

  it('takes scopes repeated as well as separated by spaces', async () => {
    const query = '&scope=repository:library/a:pull&scope=repository:library/b:pull%20repository:library/c:pull';
    const response = await server.request(tokenUrl(query));
    const { token } = (await response.json()) as { token: string };
    expect(claimsOf(token).access.map(({ name }) => name)).toEqual(['library/a', 'library/b', 'library/c']);
  });

  it('gives a developer pull and push, and a guest pull', async () => {
    const developer = await insertUser(server, 'token-developer', 'Passw0rd-dev');
    const guest = await insertUser(server, 'token-guest', 'Passw0rd-guest');
    await insertProject(server, 'token-team', { members: { [developer]: 2, [guest]: 3 } });
    const actionsOf = async (username: string, password: string) => {
      const claims = claimsOf(await fetchToken(server, 'repository:token-team/x:pull', basic(username, password)));
      return claims.access[0]?.actions;
    };
    expect(await actionsOf('token-developer', 'Passw0rd-dev')).toEqual(['pull', 'push']);
    expect(await actionsOf('token-guest', 'Passw0rd-guest')).toEqual(['pull']);
  });

  it.each([
    ['an administrator', asAdmin, ['*']],
    ['somebody anonymous', {}, []],
  ])('gives %s the catalog accordingly', async (_, headers, actions) => {
    const claims = claimsOf(await fetchToken(server, 'registry:catalog:*', headers as Record<string, string>));
    expect(claims.access).toEqual([{ type: 'registry', name: 'catalog', actions }]);
  });

  it('gives a login without scope a token without access', async () => {
    const response = await server.request(tokenUrl('&account=admin&client_id=docker&offline_token=true'), {
      headers: asAdmin,
    });
    expect(response.status).toBe(200);
    const { token } = (await response.json()) as { token: string };
    expect(claimsOf(token).access).toEqual([]);
  });

  it.each([
    ['no credentials', {}],
    ['a wrong password', basic('admin', 'wrong')],
    ['an unknown user', basic('nobody', 'Harbor12345')],
    ['an unreadable header', { authorization: 'Basic !!!' }],
    ['a token', { authorization: 'Bearer abc' }],
  ])('refuses a login with %s by an empty 401', async (_, headers) => {
    const response = await server.request(tokenUrl(''), { headers: headers as Record<string, string> });
    expect(response.status).toBe(401);
    expect(await response.text()).toBe('');
  });

  it('takes a wrong password for somebody anonymous when a scope is named', async () => {
    const claims = claimsOf(await fetchToken(server, 'repository:library/a:pull', basic('admin', 'wrong')));
    expect(claims.sub).toBe('');
  });

  it.each(['', '?service=other'])('refuses another service: %s', async (query) => {
    const response = await server.request(`/service/token${query}`, { headers: asAdmin });
    expect(response.status).toBe(400);
    expect(await response.text()).toBe(`Unable to handle service: ${query === '' ? '' : 'other'}`);
  });

  it('answers POST with 405, at which containerd falls back to GET', async () => {
    const response = await server.request('/service/token', { method: 'POST', body: 'grant_type=password' });
    expect(response.status).toBe(405);
  });
});

describe('a deployment without its secrets', () => {
  it('names the missing password at a login, and still gives anonymous tokens', async () => {
    const bare = createServer({ ROADSTEAD_ADMIN_PASSWORD: undefined });
    const refused = await bare.request(tokenUrl(''), { headers: asAdmin });
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({
      errors: [{ code: 'LOGIN_DISABLED', message: expect.stringContaining('ROADSTEAD_ADMIN_PASSWORD') }],
    });
    expect((await bare.request(tokenUrl('&scope=repository:library/a:pull'))).status).toBe(200);
  });

  it('names the missing key even to somebody anonymous, whose token needs it', async () => {
    const bare = createServer({ ROADSTEAD_SECRET_KEY: undefined });
    const refused = await bare.request(tokenUrl('&scope=repository:library/a:pull'));
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({
      errors: [{ code: 'LOGIN_DISABLED', message: expect.stringContaining('ROADSTEAD_SECRET_KEY') }],
    });
  });
});
