import { describe, expect, it } from 'vitest';
import { newId } from '#core/ids';
import { AUDIENCE, ISSUER } from '#test/support/identity-provider';
import { asAdmin, basic, createServer, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

const server = createServer({ CONFIG_OVERWRITE_JSON: JSON.stringify({ federation_issuers: ISSUER }) });

async function newProject(): Promise<string> {
  const name = `rules-${newId()}`;
  await insertProject(server, name);
  return name;
}

const rulesOf = (project: string) => `/api/v2.0/projects/${project}/trust-rules`;
const ruleFor = (project: string, change: object = {}) => ({
  name: 'ci',
  issuer: ISSUER,
  audience: AUDIENCE,
  conditions: [{ claim: 'repository', pattern: 'org/app' }],
  permissions: [{ namespace: `${project}/app/**`, access: [{ resource: 'repository', action: 'push' }] }],
  lifetime_seconds: 600,
  ...change,
});

function send(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = asAdmin) {
  return server.request(path, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function create(project: string, change: object = {}): Promise<{ readonly id: number }> {
  const response = await send('POST', rulesOf(project), ruleFor(project, change));
  if (response.status !== 201) throw new Error(`status ${response.status}: ${await response.text()}`);
  return response.json();
}

describe('POST /projects/{project}/trust-rules', () => {
  it('creates a rule, tells where it is, and writes the audit log', async () => {
    const project = await newProject();
    const response = await send('POST', rulesOf(project), ruleFor(project));
    expect(response.status).toBe(201);
    const rule = (await response.json()) as { id: number };
    expect(rule).toEqual({
      ...ruleFor(project),
      id: expect.any(Number),
      description: '',
      disable: false,
      creation_time: expect.any(String),
      update_time: expect.any(String),
    });
    expect(response.headers.get('location')).toBe(`${rulesOf(project)}/${rule.id}`);
    const row = await testEnv.DB.prepare(
      `select operation, username from audit_log where resource_type = 'trust-rule' and project_id =
         (select id from projects where name = ?)`,
    )
      .bind(project)
      .first();
    expect(row).toEqual({ operation: 'create', username: 'admin' });
  });

  it.each([
    ['a pattern that fits anything', { conditions: [{ claim: 'repository', pattern: '*' }] }, /anything/],
    ['no conditions', { conditions: [] }, /condition/],
    ['an issuer nobody allowed', { issuer: 'https://other.example.com' }, /federation_issuers/],
    ['a private issuer', { issuer: 'https://10.0.0.1' }, /network address/],
    ['a lifetime of two hours', { lifetime_seconds: 7_200 }, /lifetime/],
    ['another project', { permissions: [{ namespace: 'library', access: [] }] }, /namespace/],
    ['every project', { permissions: [{ namespace: '*', access: [] }] }, /namespace/],
  ])('answers 400 for %s', async (_, change, message) => {
    const project = await newProject();
    const response = await send('POST', rulesOf(project), ruleFor(project, change));
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toMatch(message);
  });

  it.each(['robot:create', 'member:create', 'project:delete', 'quota:update', 'constructor:read'])(
    'answers 400 for the permission %s',
    async (permission) => {
      const [resource, action] = permission.split(':');
      const project = await newProject();
      const permissions = [{ namespace: project, access: [{ resource, action }] }];
      expect((await send('POST', rulesOf(project), ruleFor(project, { permissions }))).status).toBe(400);
    },
  );

  it('answers 409 for a name that is taken', async () => {
    const project = await newProject();
    await create(project);
    expect((await send('POST', rulesOf(project), ruleFor(project))).status).toBe(409);
  });

  it('answers 412 when the project has a hundred rules', async () => {
    const project = await newProject();
    const { id } = await create(project);
    await testEnv.DB.prepare(
      `insert into trust_rules (project_id, name, issuer, audience, conditions, permissions, lifetime_seconds,
         created_at_ms, updated_at_ms)
         select project_id, 'copy-' || value, issuer, 'other', conditions, permissions, 60, 0, 0
         from trust_rules r, json_each(?) where r.id = ?`,
    )
      .bind(JSON.stringify(Array.from({ length: 99 }, (_, index) => index)), id)
      .run();
    const response = await send('POST', rulesOf(project), ruleFor(project, { name: 'one-more' }));
    expect(response.status).toBe(412);
  });

  it('answers 422 for a body of another form', async () => {
    const project = await newProject();
    expect((await send('POST', rulesOf(project), { name: 'ci' })).status).toBe(422);
  });

  it('lets the project’s administrator, but no maintainer and no machine', async () => {
    const project = `rules-${newId()}`;
    const adminId = await insertUser(server, 'rules-admin', 'Passw0rd-a');
    const maintainerId = await insertUser(server, 'rules-maintainer', 'Passw0rd-m');
    const projectId = await insertProject(server, project, { members: { [adminId]: 1, [maintainerId]: 4 } });
    const { robot, secret } = await server.services.robots.create(
      {
        name: 'maker',
        description: '',
        projectId,
        secret: undefined,
        durationDays: 1,
        isDisabled: false,
        creator: { type: 'local', id: 1 },
        permissions: [
          {
            kind: 'project',
            projectId,
            repositoryPattern: undefined,
            access: [{ resource: 'robot', action: 'create', effect: 'allow' }],
          },
        ],
      },
      { username: 'admin', sourceAddress: undefined },
    );
    const attempt = async (credentials: { readonly authorization: string }) =>
      (await send('POST', rulesOf(project), ruleFor(project), credentials)).status;
    expect(await attempt(basic('rules-maintainer', 'Passw0rd-m'))).toBe(403);
    expect(await attempt(basic(`robot$${project}+${robot.name}`, secret))).toBe(403);
    expect(await attempt(basic('rules-admin', 'Passw0rd-a'))).toBe(201);
  });
});

describe('the rules of a project', () => {
  it('are listed in pages, and no other project’s among them', async () => {
    const [project, other] = [await newProject(), await newProject()];
    for (const name of ['a', 'b', 'c']) await create(project, { name });
    await create(other);
    const response = await send('GET', `${rulesOf(project)}?page=2&page_size=2`);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-total-count')).toBe('3');
    expect(await response.json()).toEqual([expect.objectContaining({ name: 'c' })]);
  });

  it('are changed one by one', async () => {
    const project = await newProject();
    const { id } = await create(project);
    const path = `${rulesOf(project)}/${id}`;
    const changed = ruleFor(project, { name: 'renamed', disable: true, lifetime_seconds: 60 });
    expect((await send('PUT', path, changed)).status).toBe(200);
    expect(await (await send('GET', path)).json()).toMatchObject({ id, name: 'renamed', disable: true });
    expect((await send('PUT', path, { ...changed, lifetime_seconds: 1 })).status).toBe(400);
    await create(project, { name: 'other' });
    expect((await send('PUT', path, { ...changed, name: 'other' })).status).toBe(409);
  });

  it('are deleted one by one', async () => {
    const project = await newProject();
    const { id } = await create(project);
    expect((await send('DELETE', `${rulesOf(project)}/${id}`)).status).toBe(200);
    for (const method of ['GET', 'DELETE']) {
      expect((await send(method, `${rulesOf(project)}/${id}`)).status).toBe(404);
    }
  });

  it('are not found in another project', async () => {
    const [project, other] = [await newProject(), await newProject()];
    const { id } = await create(project);
    for (const [method, body] of [['GET'], ['PUT', ruleFor(other)], ['DELETE']] as const) {
      expect((await send(method, `${rulesOf(other)}/${id}`, body)).status).toBe(404);
    }
  });

  it('go with the project', async () => {
    const project = await newProject();
    const { id } = await create(project);
    expect((await send('DELETE', `/api/v2.0/projects/${project}`)).status).toBe(200);
    const row = await testEnv.DB.prepare('select count(*) as n from trust_rules where id = ?').bind(id).first('n');
    expect(row).toBe(0);
  });
});

describe('the list of a project’s trust rules, asked wrongly', () => {
  it('is 422 for more rows than a page holds, and 404 of a project that does not exist', async () => {
    const project = await newProject();
    expect((await send('GET', `${rulesOf(project)}?page_size=101`)).status).toBe(422);
    expect((await send('GET', rulesOf('absent-project'))).status).toBe(404);
  });
});
