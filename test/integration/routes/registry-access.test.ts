import { generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
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
  type TestServer,
  testEnv,
} from '#test/support/server';

const server = createServer();
const challengeOf = (response: Response) => response.headers.get('www-authenticate');
const realm = 'realm="http://registry.test/service/token",service="harbor-registry"';
const pull = (headers: Record<string, string>, project = 'library', on: TestServer = server) =>
  on.request(`/v2/${project}/app/tags/list`, { headers });
const startUpload = (headers: Record<string, string>, project: string, query = '') =>
  server.request(`/v2/${project}/app/blobs/uploads/${query}`, { method: 'POST', headers });

describe('GET /v2/', () => {
  it('asks who sends nothing to fetch a token', async () => {
    const response = await server.request('/v2/');
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toBe(`Bearer ${realm}`);
    expect(response.headers.get('docker-distribution-api-version')).toBe('registry/2.0');
    expect(await errorOf(response)).toEqual({ code: 'UNAUTHORIZED', message: 'unauthorized: unauthorized' });
  });

  it('welcomes a password, a token, and a token of somebody anonymous', async () => {
    expect((await server.request('/v2/', { headers: asAdmin })).status).toBe(200);
    const token = await fetchToken(server, 'repository:library/app:pull', asAdmin);
    expect((await server.request('/v2/', { headers: bearer(token) })).status).toBe(200);
    const anonymous = await fetchToken(server, 'repository:library/app:pull');
    expect((await server.request('/v2/', { headers: bearer(anonymous) })).status).toBe(200);
  });

  it('refuses a wrong password with the challenge that asks for another', async () => {
    const response = await server.request('/v2/', { headers: basic('admin', 'wrong') });
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toBe('Basic realm="harbor"');
  });

  it('names the address of the deployment where there is one', async () => {
    const proxied = createServer({ EXTERNAL_URL: 'https://hub.example.org/' });
    expect(challengeOf(await proxied.request('/v2/'))).toContain('realm="https://hub.example.org/service/token"');
  });
});

describe('a repository of a public project', () => {
  it('is not read without an Authorization header', async () => {
    const response = await pull({});
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toBe(`Bearer ${realm},scope="repository:library/app:pull"`);
  });

  it('is read with an anonymous token', async () => {
    const token = await fetchToken(server, 'repository:library/app:pull');
    expect((await pull(bearer(token))).status).toBe(404);
  });

  it('is not written with an anonymous token, which is told what scope it lacks', async () => {
    const token = await fetchToken(server, 'repository:library/app:pull,push');
    const response = await startUpload(bearer(token), 'library');
    expect(response.status).toBe(401);
    const reason = 'unauthorized to access repository: library/app, action: push';
    expect(await errorOf(response)).toEqual({ code: 'UNAUTHORIZED', message: `${reason}: ${reason}` });
    expect(challengeOf(response)).toBe(
      `Bearer ${realm},scope="repository:library/app:pull,push",error="insufficient_scope"`,
    );
  });

  it('asks a mount for both scopes', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const response = await startUpload({}, 'library', `?mount=${digest}&from=library/base`);
    expect(challengeOf(response)).toBe(
      `Bearer ${realm},scope="repository:library/app:pull,push repository:library/base:pull"`,
    );
  });

  it('keeps what is not a name out of the challenge of a mount', async () => {
    const response = await startUpload({}, 'library', `?mount=x&from=${encodeURIComponent('a"/b')}`);
    expect(challengeOf(response)).toBe(`Bearer ${realm},scope="repository:library/app:pull,push"`);
  });
});

describe('a repository of a private project', () => {
  it('answers somebody without rights exactly as a project that does not exist', async () => {
    await insertProject(server, 'hidden-project');
    const answers = await Promise.all(
      ['hidden-project', 'absent-project'].map(async (project) => {
        const token = await fetchToken(server, `repository:${project}/app:pull`);
        const response = await pull(bearer(token), project);
        const text = (await response.text()).replaceAll(project, 'P');
        return { status: response.status, challenge: challengeOf(response)?.replaceAll(project, 'P'), text };
      }),
    );
    expect(answers[0]?.status).toBe(401);
    expect(answers[0]).toEqual(answers[1]);
  });

  it('gives each role what the matrix says', async () => {
    const guest = await insertUser(server, 'access-guest', 'Passw0rd-guest');
    const developer = await insertUser(server, 'access-developer', 'Passw0rd-dev');
    await insertProject(server, 'access-team', { members: { [guest]: 3, [developer]: 2 } });
    const asGuest = basic('access-guest', 'Passw0rd-guest');
    const asDeveloper = basic('access-developer', 'Passw0rd-dev');
    expect((await pull(asGuest, 'access-team')).status).toBe(404);
    expect((await startUpload(asGuest, 'access-team')).status).toBe(401);
    expect((await startUpload(asDeveloper, 'access-team')).status).toBe(202);
    const digest = `sha256:${'a'.repeat(64)}`;
    const remove = { method: 'DELETE', headers: asDeveloper };
    expect((await server.request(`/v2/access-team/app/blobs/${digest}`, remove)).status).toBe(401);
  });

  it('takes a token for one repository on its neighbours in the project, but on no other project', async () => {
    await insertProject(server, 'neighbours');
    await insertProject(server, 'strangers');
    const token = await fetchToken(server, 'repository:neighbours/one:pull', asAdmin);
    expect((await pull(bearer(token), 'neighbours')).status).toBe(404);
    expect((await pull(bearer(token), 'strangers')).status).toBe(401);
  });
});

describe('GET /v2/_catalog', () => {
  it('is for administrators', async () => {
    expect((await server.request('/v2/_catalog', { headers: asAdmin })).status).toBe(200);
    const token = await fetchToken(server, 'registry:catalog:*', asAdmin);
    expect((await server.request('/v2/_catalog', { headers: bearer(token) })).status).toBe(200);
  });

  it('asks everybody else for a password', async () => {
    const response = await server.request('/v2/_catalog');
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toBe('Basic realm="harbor"');
  });
});

describe('a token', () => {
  let projectId: number;
  beforeAll(async () => {
    projectId = await insertProject(server, 'guarded');
  });
  const expectRefused = async (token: string) => {
    const response = await pull(bearer(token), 'guarded');
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toBe(`Bearer ${realm},scope="repository:guarded/app:pull",error="invalid_token"`);
  };
  const now = Math.floor(Date.now() / 1_000);
  const claims: JWTPayload = {
    iss: 'harbor-token-issuer',
    sub: '',
    aud: ['harbor-registry'],
    exp: now + 1_800,
    nbf: now,
    iat: now,
    access: [{ type: 'repository', name: 'guarded/app', actions: ['pull'] }],
  };
  /** Signs with the registry's own key, so that only the claims can be at fault. */
  const sign = (changed: JWTPayload) =>
    server.services.signingKeys.sign({ ...claims, security: { projects: { guarded: [projectId, 1] } }, ...changed });

  it('with the right claims is taken, so that the rows below fail for their own reason', async () => {
    expect((await pull(bearer(await sign({})), 'guarded')).status).toBe(404);
  });

  it.each<[string, JWTPayload]>([
    ['another audience', { aud: ['elsewhere'] }],
    ['another issuer', { iss: 'somebody' }],
    ['an expiry more than a minute ago', { exp: now - 61, iat: now - 1_900, nbf: now - 1_900 }],
    ['a beginning more than a minute ahead', { nbf: now + 120 }],
    ['no time of issue', { iat: undefined } as unknown as JWTPayload],
    ['claims of another form', { access: 'all' }],
    ['the user version of nobody', { sub: 'nobody', security: { user: [99, 1], projects: {} } }],
    ['a user name without a version', { sub: 'admin' }],
  ])('with %s is refused', async (_, changed) => {
    await expectRefused(await sign(changed));
  });

  it.each([
    ['garbage', 'garbage'],
    ['three dots', '...'],
    ['an enormous one', 'a.'.repeat(40_000)],
    ['one without a signature', new UnsecuredJWT(claims).encode()],
  ])('that is %s is refused', async (_, token) => {
    await expectRefused(token);
  });

  it('signed by another key is refused, under its own key id and under ours', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const own = await testEnv.DB.prepare('select kid from signing_keys').first<string>('kid');
    for (const kid of ['unknown', own ?? '']) {
      await expectRefused(await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey));
    }
  });

  it('without a scope for the project does not read a public one, as in Harbor', async () => {
    const token = await sign({ access: [] });
    const response = await pull(bearer(token), 'library');
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toContain('error="insufficient_scope"');
  });

  it('that proves nothing still reads a public project, as somebody anonymous does in Harbor', async () => {
    expect((await pull(bearer('garbage'), 'library')).status).toBe(404);
  });

  it('made before its project is refused', async () => {
    const id = await insertProject(server, 'younger');
    await testEnv.DB.prepare('update projects set created_at_ms = created_at_ms + 120000 where id = ?').bind(id).run();
    const token = await fetchToken(server, 'repository:younger/app:pull', asAdmin);
    expect((await pull(bearer(token), 'younger')).status).toBe(401);
  });
});

describe('a change of rights', () => {
  it('voids tokens within 10 s when a project becomes private', async () => {
    const id = await insertProject(server, 'once-public', { isPublic: true });
    const token = await fetchToken(server, 'repository:once-public/app:pull');
    expect((await pull(bearer(token), 'once-public')).status).toBe(404);
    await testEnv.DB.prepare('update projects set is_public = 0, security_version = 2 where id = ?').bind(id).run();
    server.clock.advance(10_000);
    const response = await pull(bearer(token), 'once-public');
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toContain('error="insufficient_scope"');
  });

  it('voids tokens and remembered passwords within 10 s when a password changes', async () => {
    const id = await insertUser(server, 'changing', 'Passw0rd-old');
    await insertProject(server, 'changing-team', { members: { [id]: 3 } });
    const old = basic('changing', 'Passw0rd-old');
    const token = await fetchToken(server, 'repository:changing-team/app:pull', old);
    expect((await pull(bearer(token), 'changing-team')).status).toBe(404);
    expect((await pull(old, 'changing-team')).status).toBe(404);
    await testEnv.DB.prepare(
      `update users set password_hash = (select password_hash from users where username = 'admin'),
         security_version = security_version + 1 where username = 'changing'`,
    ).run();
    server.clock.advance(10_000);
    expect((await pull(bearer(token), 'changing-team')).status).toBe(401);
    expect((await server.request('/v2/', { headers: old })).status).toBe(401);
    expect((await server.request('/v2/', { headers: basic('changing', 'Harbor12345') })).status).toBe(200);
  });

  it('voids tokens of a project whose name has changed hands', async () => {
    await insertProject(server, 'reborn');
    const token = await fetchToken(server, 'repository:reborn/app:pull', asAdmin);
    const actor = { username: 'admin', sourceAddress: undefined };
    const first = await server.services.projects.find('reborn');
    if (first) await server.services.projects.delete(first, actor);
    await insertProject(server, 'reborn');
    expect((await pull(bearer(token), 'reborn')).status).toBe(401);
  });
});

describe('a warm isolate', () => {
  it('judges tokens and passwords without any query', async () => {
    const bindings = { queries: 0 };
    const DB = new Proxy(testEnv.DB, {
      get(target, property) {
        if (property === 'prepare' || property === 'batch') bindings.queries += 1;
        const value: unknown = Reflect.get(target, property);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const counted = createServer({ DB });
    const token = await fetchToken(counted, 'repository:library/app:pull', asAdmin);
    await counted.request('/v2/', { headers: bearer(token) });
    await counted.request('/v2/', { headers: asAdmin });
    bindings.queries = 0;
    const { access, tokens, logins } = counted.services;
    const principal = await tokens.verify(token);
    expect(principal?.kind).toBe('token');
    if (!principal) throw new Error('the token proves nothing');
    const place = await access.authorizeRepository(principal, 'library/app' as never, 'pull');
    expect([place.project.id, place.repository]).toEqual([1, 'library/app']);
    expect(await logins.login('admin', 'Harbor12345')).toMatchObject({ username: 'admin' });
    expect(bindings.queries).toBe(0);
  });
});
