import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_RULES_OF_PROJECT } from '#domain/immutability/immutable-rule';
import { asAdmin, basic, createServer, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

const server = createServer();
const PROJECT = 'immutable-rules';
const RULES = `/api/v2.0/projects/${PROJECT}/immutabletagrules`;
const asGuest = basic('rules-guest', 'Passw0rd-guest');

const selector = (decoration: string, pattern: string) => ({ kind: 'doublestar', decoration, pattern });

/** As the portal sends it. */
function ruleOf(repositories: string, tags: string, extra: Readonly<Record<string, unknown>> = {}) {
  return {
    disabled: false,
    action: 'immutable',
    params: {},
    priority: 0,
    scope_selectors: { repository: [selector('repoMatches', repositories)] },
    tag_selectors: [selector('matches', tags)],
    template: 'immutable_template',
    ...extra,
  };
}

function send(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = asAdmin) {
  return server.request(path, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function create(rule: unknown, path = RULES): Promise<number> {
  const response = await send('POST', path, rule);
  expect(response.status).toBe(201);
  return Number(response.headers.get('location')?.split('/').at(-1));
}

const list = async (query = '') => (await (await send('GET', `${RULES}${query}`)).json()) as Record<string, unknown>[];

let projectId = 0;

beforeAll(async () => {
  const guest = await insertUser(server, 'rules-guest', 'Passw0rd-guest');
  projectId = await insertProject(server, PROJECT, { members: { [guest]: 3 } });
  await insertProject(server, 'immutable-others');
});

describe('POST /projects/{project_name_or_id}/immutabletagrules', () => {
  it('makes a rule and says where it is', async () => {
    const response = await send('POST', RULES, ruleOf('team/**', 'v*'));
    expect(response.status).toBe(201);
    const location = response.headers.get('location') ?? '';
    expect(location).toMatch(new RegExp(`^${RULES}/\\d+$`));
    expect(await list()).toContainEqual({
      id: Number(location.split('/').at(-1)),
      disabled: false,
      action: 'immutable',
      template: 'immutable_template',
      scope_selectors: { repository: [selector('repoMatches', 'team/**')] },
      tag_selectors: [selector('matches', 'v*')],
    });
  });

  it('takes the id of the project, and what clients leave out', async () => {
    const rule = {
      scope_selectors: { repository: [selector('repoExcludes', '{a,b}')] },
      tag_selectors: [{ ...selector('excludes', 'dev-*'), extras: '{"untagged":true}' }],
    };
    const id = await create(rule, `/api/v2.0/projects/${projectId}/immutabletagrules`);
    expect(await list(`?q=id=${id}`)).toMatchObject([
      {
        disabled: false,
        scope_selectors: rule.scope_selectors,
        tag_selectors: [selector('excludes', 'dev-*')],
      },
    ]);
  });

  it.each([undefined, null, ''])(
    'takes the kind of a selector for doublestar where a client sends %j',
    async (kind) => {
      const [scope, tags] = [selector('repoMatches', `kind-${kind}`), selector('matches', '**')];
      const rule = { scope_selectors: { repository: [{ ...scope, kind }] }, tag_selectors: [{ ...tags, kind }] };
      const id = await create(rule);
      expect(await list(`?q=id=${id}`)).toMatchObject([
        { scope_selectors: { repository: [scope] }, tag_selectors: [tags] },
      ]);
    },
  );

  it('makes a disabled rule when that is asked for', async () => {
    const id = await create(ruleOf('later', '**', { disabled: true }));
    expect(await list('?q=disabled=true')).toMatchObject([{ id, disabled: true }]);
  });

  it('refuses one that is there, disabled or not, with 409', async () => {
    await create(ruleOf('twice', '**'));
    for (const disabled of [false, true]) {
      const response = await send('POST', RULES, ruleOf('twice', '**', { disabled }));
      expect(response.status).toBe(409);
      expect(await errorOf(response)).toMatchObject({ code: 'CONFLICT', message: 'immutable rule already exists' });
    }
  });

  it.each([
    [{ action: 'retain' }, 'the action of an immutable tag rule is immutable'],
    [{ template: 'always' }, 'the template of an immutable tag rule is immutable_template'],
    [{ scope_selectors: {} }, 'an immutable tag rule has one scope selector, of the repository'],
    [{ scope_selectors: null }, 'an immutable tag rule has one scope selector, of the repository'],
    [{ scope_selectors: { repository: [] } }, 'an immutable tag rule has one scope selector, of the repository'],
    [
      { scope_selectors: { repository: [selector('repoMatches', '**'), selector('repoMatches', 'a')] } },
      'an immutable tag rule has one scope selector, of the repository',
    ],
    [
      { scope_selectors: { repository: [selector('repoMatches', '**')], project: [] } },
      'an immutable tag rule has one scope selector, of the repository',
    ],
    [
      { scope_selectors: { repository: [selector('nsMatches', '**')] } },
      'the decoration of a repository selector is repoMatches or repoExcludes',
    ],
    [{ tag_selectors: [] }, 'an immutable tag rule has one tag selector'],
    [{ tag_selectors: undefined }, 'an immutable tag rule has one tag selector'],
    [
      { tag_selectors: [selector('matches', 'a'), selector('matches', 'b')] },
      'an immutable tag rule has one tag selector',
    ],
    [{ tag_selectors: [{ ...selector('matches', '**'), kind: 'label' }] }, 'the kind of a selector is doublestar'],
    [{ tag_selectors: [selector('with', '**')] }, 'the decoration of a tag selector is matches or excludes'],
    [{ tag_selectors: [selector('matches', '')] }, 'the pattern is empty'],
    [{ tag_selectors: [selector('matches', '{a')] }, 'the pattern has a { that is not closed'],
    [{ tag_selectors: [selector('matches', 'a'.repeat(257))] }, 'the pattern is longer than 256 characters'],
  ])('refuses %j', async (part, message) => {
    const response = await send('POST', RULES, { ...ruleOf('refused', '**'), ...part });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toEqual({ code: 'BAD_REQUEST', message });
  });

  it('refuses what is no rule with 422, and what is no JSON with 415', async () => {
    expect((await send('POST', RULES, { tag_selectors: 'all' })).status).toBe(422);
    const text = await server.request(RULES, { method: 'POST', headers: asAdmin, body: '{}' });
    expect(text.status).toBe(415);
  });

  it('is for those who may, and in a project that is there', async () => {
    expect((await send('POST', RULES, ruleOf('a', 'b'), {})).status).toBe(401);
    expect((await send('POST', RULES, ruleOf('a', 'b'), asGuest)).status).toBe(403);
    expect((await send('POST', '/api/v2.0/projects/nowhere/immutabletagrules', ruleOf('a', 'b'))).status).toBe(404);
  });

  it('has an end', async () => {
    const id = await insertProject(server, 'immutable-many');
    await testEnv.DB.prepare(
      `with recursive n (i) as (select 1 union all select i + 1 from n where i < ?2)
       insert into immutable_rules (project_id, selectors, created_at_ms, updated_at_ms)
       select ?1, json_object('i', i), 0, 0 from n`,
    )
      .bind(id, MAX_RULES_OF_PROJECT)
      .run();
    const response = await send('POST', `/api/v2.0/projects/${id}/immutabletagrules`, ruleOf('one', 'more'));
    expect(response.status).toBe(412);
    expect(await errorOf(response)).toEqual({
      code: 'PRECONDITION',
      message: `a project has at most ${MAX_RULES_OF_PROJECT} immutable tag rules`,
    });
  });
});

describe('GET /projects/{project_name_or_id}/immutabletagrules', () => {
  it('tells the rules of the project alone, in the order they were made', async () => {
    await create(ruleOf('elsewhere', '**'), '/api/v2.0/projects/immutable-others/immutabletagrules');
    const rules = await list();
    const ids = rules.map(({ id }) => Number(id));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(JSON.stringify(rules)).not.toContain('elsewhere');
    expect((await list('?sort=-id')).map(({ id }) => Number(id))).toEqual(ids.toReversed());
  });

  it('is nothing for a guest or a stranger', async () => {
    expect((await send('GET', RULES, undefined, asGuest)).status).toBe(403);
    expect((await send('GET', RULES, undefined, {})).status).toBe(401);
  });
});

describe('PUT /projects/{project_name_or_id}/immutabletagrules/{immutable_rule_id}', () => {
  it('disables a rule, enables it again, and changes what it is about', async () => {
    const id = await create(ruleOf('changing', 'v1'));
    for (const [disabled, tags] of [
      [true, 'v1'],
      [false, 'v1'],
      [false, 'v2'],
      [true, 'v3'],
    ] as const) {
      const response = await send('PUT', `${RULES}/${id}`, ruleOf('changing', tags, { id, disabled }));
      expect(response.status).toBe(200);
      expect(await list(`?q=id=${id}`)).toMatchObject([{ disabled, tag_selectors: [selector('matches', tags)] }]);
    }
  });

  it('refuses a body with another id, or none', async () => {
    const id = await create(ruleOf('named', '**'));
    for (const other of [id + 1, 0, undefined, null]) {
      const response = await send('PUT', `${RULES}/${id}`, ruleOf('named', 'x', { id: other }));
      expect(response.status).toBe(400);
      expect((await errorOf(response)).message).toBe(
        "the immutable_rule_id doesn't match the id in the payload body of ImmutableRule",
      );
    }
  });

  it('refuses to become what another rule is, and what no rule can be', async () => {
    await create(ruleOf('first', '**'));
    const id = await create(ruleOf('second', '**'));
    expect((await send('PUT', `${RULES}/${id}`, ruleOf('first', '**', { id }))).status).toBe(409);
    expect((await send('PUT', `${RULES}/${id}`, ruleOf('{', '**', { id }))).status).toBe(400);
  });

  it('does not find a rule of another project, or none', async () => {
    const id = await create(ruleOf('far', '**'), '/api/v2.0/projects/immutable-others/immutabletagrules');
    for (const each of [id, 987_654]) {
      const response = await send('PUT', `${RULES}/${each}`, ruleOf('far', 'x', { id: each }));
      expect(response.status).toBe(404);
      expect(await errorOf(response)).toEqual({ code: 'NOT_FOUND', message: `immutable tag rule ${each} not found` });
    }
  });

  it('is for those who may', async () => {
    const id = await create(ruleOf('guarded', '**'));
    expect((await send('PUT', `${RULES}/${id}`, ruleOf('guarded', 'x', { id }), {})).status).toBe(401);
    expect((await send('PUT', `${RULES}/${id}`, ruleOf('guarded', 'x', { id }), asGuest)).status).toBe(403);
  });
});

describe('DELETE /projects/{project_name_or_id}/immutabletagrules/{immutable_rule_id}', () => {
  it('deletes a rule, once', async () => {
    const id = await create(ruleOf('gone', '**'));
    expect((await send('DELETE', `${RULES}/${id}`)).status).toBe(200);
    expect(await list(`?q=id=${id}`)).toEqual([]);
    expect((await send('DELETE', `${RULES}/${id}`)).status).toBe(404);
  });

  it('does not find a rule of another project', async () => {
    const id = await create(ruleOf('kept', '**'), '/api/v2.0/projects/immutable-others/immutabletagrules');
    expect((await send('DELETE', `${RULES}/${id}`)).status).toBe(404);
  });

  it('is for those who may', async () => {
    const id = await create(ruleOf('stays', '**'));
    expect((await send('DELETE', `${RULES}/${id}`, undefined, {})).status).toBe(401);
    expect((await send('DELETE', `${RULES}/${id}`, undefined, asGuest)).status).toBe(403);
    expect((await send('DELETE', `${RULES}/nothing`)).status).toBe(422);
  });

  it('happens with the project', async () => {
    const id = await insertProject(server, 'immutable-doomed');
    await create(ruleOf('doomed', '**'), `/api/v2.0/projects/${id}/immutabletagrules`);
    expect((await send('DELETE', `/api/v2.0/projects/${id}`)).status).toBe(200);
    const left = 'select count(*) as n from immutable_rules where project_id = ?';
    expect(await testEnv.DB.prepare(left).bind(id).first('n')).toBe(0);
  });
});
