import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId } from '#core/ids';
import type { TrustRuleDraft } from '#domain/federation/trust-rule';
import { AUDIENCE, IdentityProvider, ISSUER } from '#test/support/identity-provider';
import { asAdmin, basic, bearer, createServer, insertProject, type TestServer } from '#test/support/server';

const ACTOR = { username: 'admin', sourceAddress: undefined };

let server: TestServer;
let provider: IdentityProvider;
let project: string;
let ruleId: number;

const newServer = () => createServer({ CONFIG_OVERWRITE_JSON: JSON.stringify({ federation_issuers: ISSUER }) });

async function found(name: string) {
  const known = await server.services.projects.find(name);
  if (!known) throw new Error(`no project ${name}`);
  return known;
}

async function createRule(change: Partial<TrustRuleDraft> = {}): Promise<number> {
  const draft: TrustRuleDraft = {
    name: `rule-${newId()}`,
    description: '',
    issuer: ISSUER,
    audience: AUDIENCE,
    conditions: [{ claim: 'repository', pattern: 'org/app' }],
    permissions: [{ repositoryPattern: 'app/**', access: [{ resource: 'repository', action: 'push' }] }],
    lifetimeSeconds: 600,
    isDisabled: false,
    ...change,
  };
  return server.services.trustRules.create(await found(project), draft, ACTOR);
}

beforeEach(async () => {
  server = newServer();
  provider = await IdentityProvider.start(server.clock);
  vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => provider.fetch(String(url), init ?? {}));
  project = `ci-${newId()}`;
  await insertProject(server, project);
  ruleId = await createRule();
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function fetchToken(scope: string, password: string) {
  const query = new URLSearchParams({ service: 'harbor-registry', ...(scope && { scope }) });
  const response = await server.request(`/service/token?${query}`, { headers: basic('oidc', password) });
  return { status: response.status, body: (response.status === 200 ? await response.json() : {}) as IssuedBody };
}

interface IssuedBody {
  readonly token: string;
  readonly expires_in: number;
}

const actionsOf = (token: string) =>
  decodeJwt<{ access: readonly { name: string; actions: readonly string[] }[] }>(token).access.map((entry) => [
    entry.name,
    entry.actions,
  ]);

const startUpload = async (repository: string, headers: Readonly<Record<string, string>>) =>
  (await server.request(`/v2/${repository}/blobs/uploads/`, { method: 'POST', headers })).status;

describe('docker login -u oidc', () => {
  it('takes a workload’s token for a password', async () => {
    expect((await fetchToken('', await provider.token())).status).toBe(200);
  });

  it.each(['wrong', ''])('refuses %j', async (password) => {
    expect((await fetchToken('', password)).status).toBe(401);
  });

  it('refuses a token that no rule trusts', async () => {
    expect((await fetchToken('', await provider.token({ claims: { repository: 'org/other' } }))).status).toBe(401);
  });

  it('answers 503 and not 401 when the issuer cannot be asked', async () => {
    provider.answers.set('/keys', () => new Response(null, { status: 500 }));
    expect((await fetchToken('', await provider.token())).status).toBe(503);
  });

  it('takes a token as the password of no other user', async () => {
    const query = '/service/token?service=harbor-registry';
    const headers = basic('admin', await provider.token());
    expect((await server.request(query, { headers })).status).toBe(401);
  });
});

describe('the user name oidc', () => {
  it.each(['oidc', 'OIDC', 'ｏｉｄｃ'])('is nobody’s: an account named %s is refused', async (username) => {
    const account = { username, password: 'Passw0rd-oidc', email: 'oidc@example.com', realname: 'O', comment: '' };
    const response = await server.request('/api/v2.0/users', {
      method: 'POST',
      headers: { ...asAdmin, 'content-type': 'application/json' },
      body: JSON.stringify(account),
    });
    expect(response.status).toBe(400);
  });

  it('takes tokens to no directory of people', async () => {
    const logins = vi.spyOn(server.services.logins, 'login');
    await fetchToken('', await provider.token());
    await fetchToken('', 'wrong');
    expect(logins).not.toHaveBeenCalled();
  });
});

describe('the registry token of a workload', () => {
  it('permits what the rule gives, in the repositories of its pattern', async () => {
    const scope = ['app/web', 'app/a/b', 'other'].map((name) => `repository:${project}/${name}:pull,push`).join(' ');
    const { body } = await fetchToken(scope, await provider.token());
    expect(actionsOf(body.token)).toEqual([
      [`${project}/app/web`, ['pull', 'push']],
      [`${project}/app/a/b`, ['pull', 'push']],
      [`${project}/other`, []],
    ]);
    expect(await startUpload(`${project}/app/web`, bearer(body.token))).toBe(202);
    expect(await startUpload(`${project}/app/unnamed`, bearer(body.token))).toBe(401);
    expect(await startUpload(`${project}/other`, bearer(body.token))).toBe(401);
    expect(await startUpload('library/app', bearer(body.token))).toBe(401);
  });

  it('ends with the identity', async () => {
    await createRule({ lifetimeSeconds: 120 });
    const { body } = await fetchToken(`repository:${project}/app/web:push`, await provider.token());
    expect(body.expires_in).toBeLessThanOrEqual(120);
    expect(body.expires_in).toBeGreaterThan(100);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['deleted', async () => newServer().services.trustRules.delete(await found(project), ruleId, ACTOR)],
    [
      'disabled',
      async () => {
        const other = newServer().services.trustRules;
        const rule = await other.get(await found(project), ruleId);
        await other.update(await found(project), ruleId, { ...rule, isDisabled: true }, ACTOR);
      },
    ],
  ])('is void ten seconds after its rule was %s elsewhere', async (_, change) => {
    const { body } = await fetchToken(`repository:${project}/app/web:push`, await provider.token());
    expect(await startUpload(`${project}/app/web`, bearer(body.token))).toBe(202);
    await change();
    server.clock.advance(10_000);
    expect(await startUpload(`${project}/app/web`, bearer(body.token))).toBe(401);
  });

  it('is void too when the rule that went was not the first of those that made it', async () => {
    const permissions = [{ repositoryPattern: 'tool', access: [{ resource: 'repository', action: 'push' }] }] as const;
    const second = await createRule({ permissions });
    const { body } = await fetchToken(`repository:${project}/tool:push`, await provider.token());
    expect(await startUpload(`${project}/tool`, bearer(body.token))).toBe(202);
    await newServer().services.trustRules.delete(await found(project), second, ACTOR);
    server.clock.advance(10_000);
    expect(await startUpload(`${project}/tool`, bearer(body.token))).toBe(401);
  });
});

describe('a workload’s token with each request', () => {
  it('works on /v2, within the rule', async () => {
    const headers = basic('oidc', await provider.token());
    expect(await startUpload(`${project}/app/web`, headers)).toBe(202);
    expect(await startUpload(`${project}/other`, headers)).toBe(401);
    expect((await server.request('/v2/', { headers })).status).toBe(200);
  });

  it('works on /api, within the rule', async () => {
    const permissions = [
      { repositoryPattern: undefined, access: [{ resource: 'repository', action: 'list' }] },
    ] as const;
    await createRule({ permissions });
    const headers = basic('oidc', await provider.token());
    const listing = await server.request(`/api/v2.0/projects/${project}/repositories`, { headers });
    expect(listing.status).toBe(200);
    const rules = await server.request(`/api/v2.0/projects/${project}/trust-rules`, { headers });
    expect(rules.status).toBe(403);
  });

  it('is refused on /api when nobody trusts it', async () => {
    const headers = basic('oidc', await provider.token({ claims: { aud: 'other' } }));
    expect((await server.request('/api/v2.0/projects', { headers })).status).toBe(401);
  });
});

describe('POST /service/token-exchange', () => {
  const grant = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
  };
  const exchange = (form: Readonly<Record<string, string>>) =>
    server.request('/service/token-exchange', { method: 'POST', body: new URLSearchParams(form) });
  const scopeOf = (name: string) => `repository:${project}/${name}:pull,push`;

  it('gives a registry token with what the rules permit of the scopes', async () => {
    const subject = await provider.token();
    const scope = `${scopeOf('app/web')} ${scopeOf('other')}`;
    const response = await exchange({ ...grant, subject_token: subject, scope });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const body = (await response.json()) as { access_token: string };
    expect(body).toEqual({
      access_token: expect.any(String),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      scope: scopeOf('app/web'),
    });
    expect(await startUpload(`${project}/app/web`, bearer(body.access_token))).toBe(202);
    expect(await startUpload(`${project}/other`, bearer(body.access_token))).toBe(401);
  });

  const notTrusted = 'the subject token is not trusted by a project of the scope';
  const noRepository = 'scope must name a repository: repository:<name>:<actions>';
  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type', 'missing or invalid: grant_type'],
    [
      'an access token',
      { subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' },
      'invalid_request',
      'missing or invalid: subject_token_type',
    ],
    ['no token', { subject_token: '' }, 'invalid_request', 'missing or invalid: subject_token'],
    ['a token that proves nothing', { subject_token: 'a.b.c' }, 'invalid_request', notTrusted],
    ['somebody to act for', { actor_token: 'a.b.c' }, 'invalid_request', 'missing or invalid: actor_token'],
    ['no scope', { scope: '' }, 'invalid_scope', noRepository],
    ['a scope of no repository', { scope: 'registry:catalog:*' }, 'invalid_scope', noRepository],
  ])('answers 400 for %s, and says why', async (_, change, error, description) => {
    const form = { ...grant, subject_token: await provider.token(), scope: scopeOf('app/web'), ...change };
    const response = await exchange(form);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error, error_description: description });
  });

  it('answers 400 to somebody no rule trusts in the projects named', async () => {
    const subject = await provider.token();
    expect((await exchange({ ...grant, subject_token: subject, scope: 'repository:library/a:pull' })).status).toBe(400);
  });

  it('answers 413 to a body that no token needs, and 405 to GET', async () => {
    expect((await exchange({ ...grant, subject_token: 'x'.repeat(40_000) })).status).toBe(413);
    expect((await server.request('/service/token-exchange')).status).toBe(405);
  });
});
