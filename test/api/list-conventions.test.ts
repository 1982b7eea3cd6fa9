import { beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS, type Place } from '#test/api/operation-fixture';
import { createHarness } from '#test/support/harness';
import { pushImage, randomImage } from '#test/support/images';
import { ACTOR, wirePolicy } from '#test/support/retention';
import { asAdmin, errorOf, insertProject } from '#test/support/server';

const harness = createHarness();
const PROJECT = 'lists';
let place: Place;

/** Answers that are arrays, and not lists of rows with pages: Harbor has none there either. */
const WITHOUT_PAGES: ReadonlySet<string> = new Set([
  'GET /api/v2.0/users/current/permissions',
  'GET /api/v2.0/ldap/users/search',
  'GET /api/v2.0/ldap/groups/search',
  'GET /api/v2.0/replication/adapters',
  'GET /api/v2.0/auditlog-exts/events',
  'GET /api/v2.0/jobservice/pools',
  'GET /api/v2.0/jobservice/pools/:pool_id/workers',
  'GET /api/v2.0/jobservice/queues',
  'GET /api/v2.0/projects/:project_name_or_id/webhook/lasttrigger',
]);

/** Harbor gives these no `q`. */
const WITHOUT_Q: ReadonlySet<string> = new Set([
  'GET /api/v2.0/system/retention/executions',
  'GET /api/v2.0/users/search',
  'GET /api/v2.0/schedules',
  'GET /api/v2.0/quotas',
  'GET /api/v2.0/projects/:project_name_or_id/members',
  'GET /api/v2.0/usergroups',
  'GET /api/v2.0/usergroups/search',
  'GET /api/v2.0/projects/:project_name_or_id/trust-rules',
  'GET /api/v2.0/projects/:project_name/repositories/:repository_name/trash',
]);

const READS = Object.entries(OPERATIONS).filter(([key]) => key.startsWith('GET /api/v2.0/'));

function get(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<Response> {
  const url = new URL(path, 'http://registry.test');
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return harness.request('GET', url.pathname + url.search, { headers: asAdmin });
}

async function isListOfRows(key: string, path: string): Promise<boolean> {
  const response = await get(path);
  if (response.status !== 200 || WITHOUT_PAGES.has(key)) return false;
  const text = await response.text();
  return response.headers.has('x-total-count') || text.startsWith('[');
}

const messageOf = async (response: Response) => {
  const { code, message } = await errorOf(response);
  return [response.status, code, message];
};

beforeAll(async () => {
  const projectId = await insertProject(harness, PROJECT);
  const robot = { name: 'lists', description: '', projectId, secret: undefined, durationDays: -1, isDisabled: false };
  const made = await harness.services.robots.create(
    { ...robot, creator: { type: 'local', id: 1 }, permissions: [] },
    { username: 'admin', sourceAddress: undefined },
  );
  place = { project: PROJECT, projectId, robotId: made.robot.id };
  // The matrix asks for a repository that is not there; here it is, with two artifacts.
  for (const tag of ['v1', 'v2']) await pushImage(harness, `${PROJECT}/absent`, randomImage(), tag);
  await harness.services.retention.putDefault(wirePolicy(), ACTOR);
  const policy = await harness.services.retention.findDefault();
  if (!policy) throw new Error('no default policy');
  for (const isDryRun of [true, false]) await harness.services.retention.run(policy, isDryRun, ACTOR);
  for (const [key, operation] of READS) {
    const path = operation.path(place);
    if (await isListOfRows(key, path)) lists.set(key, path);
  }
});

/** The lists there are, by what they answer. */
const lists = new Map<string, string>();

/** Fails with the name of the list that a check fails for. */
async function expectOfEach(check: (path: string) => Promise<void>): Promise<void> {
  for (const [key, path] of lists) {
    await check(path).catch((cause: unknown) => {
      throw new Error(`${key}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    });
  }
}

describe('every list', () => {
  it('tells its total on each page, and has none beyond the last', () => expectOfEach(expectTotals));

  it('refuses pages that cannot be', () => expectOfEach(expectRefusals));

  it('links to the pages before and after', () => expectOfEach(expectLinks));

  it('refuses a q that it cannot serve', async () => {
    for (const [key, path] of lists) {
      if (WITHOUT_Q.has(key)) continue;
      for (const q of ['no_such_key=x', 'name', 'name=[1~2', 'name__like=x']) {
        expect([key, q, (await get(path, { q })).status]).toEqual([key, q, 400]);
      }
    }
  });

  it('is found by its answer', ({ task }) => {
    task.meta.note = `list conventions: ${lists.size} lists`;
    expect([...lists.keys()]).toEqual(
      expect.arrayContaining([
        'GET /api/v2.0/users',
        'GET /api/v2.0/projects',
        'GET /api/v2.0/robots',
        'GET /api/v2.0/system/retention/executions',
        'GET /api/v2.0/projects/:project_name/repositories',
        'GET /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts',
      ]),
    );
  });
});

async function expectTotals(path: string): Promise<void> {
  const total = (await get(path)).headers.get('x-total-count');
  expect(total).toMatch(/^\d+$/);
  const queries: Readonly<Record<string, string>>[] = [
    { page: '1000' },
    { page: '9223372036854775807' },
    { page: '9007199254740991', page_size: '100' },
    { page: '9007199254740991', page_size: '0' },
  ];
  for (const query of queries) {
    const beyond = await get(path, query);
    expect([beyond.status, await beyond.json(), beyond.headers.get('x-total-count')]).toEqual([200, [], total]);
    expect(beyond.headers.get('link') ?? '').not.toContain('rel="next"');
  }
  const first = await get(path, { page: '', page_size: '', q: '', sort: '' });
  expect([first.status, first.headers.get('x-total-count')]).toEqual([200, total]);
  for (const query of [{ page: '0' }, { page: '-1' }, { page_size: '0' }, { page_size: '-1' }]) {
    const all = await get(path, query);
    expect([all.status, all.headers.get('x-total-count'), all.headers.get('link')]).toEqual([200, total, null]);
    expect(((await all.json()) as unknown[]).length).toBe(Number(total));
  }
}

async function expectRefusals(path: string): Promise<void> {
  const refused: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ page_size: '101' }, 'page_size in query should be less than or equal to 100'],
    [{ page: 'x' }, 'page in query must be of type int64: "x"'],
    [{ page_size: '1.5' }, 'page_size in query must be of type int64: "1.5"'],
    [{ page: '9223372036854775808' }, 'page in query must be of type int64: "9223372036854775808"'],
  ];
  for (const [query, message] of refused) {
    expect(await messageOf(await get(path, query))).toEqual([422, 'UNPROCESSABLE_ENTITY', message]);
  }
}

/** Follows the links from the first page of one row to the last and back. */
async function expectLinks(path: string): Promise<void> {
  const total = Number((await get(path)).headers.get('x-total-count'));
  let response = await get(path, { page_size: '1' });
  for (let page = 1; page <= Math.min(total, 3); page++) {
    const rels = [...(response.headers.get('link') ?? '').matchAll(/<([^>]*)>; rel="(\w+)"/g)];
    const expected = [...(page > 1 ? ['prev'] : []), ...(page < total ? ['next'] : [])];
    expect(rels.map(([, , rel]) => rel)).toEqual(expected);
    expect(((await response.json()) as unknown[]).length).toBe(1);
    for (const [, url = '', rel] of rels) {
      expect(url).toMatch(/^\/api\/v2\.0\//);
      expect(new URL(url, 'http://registry.test').searchParams.get('page')).toBe(
        String(rel === 'prev' ? page - 1 : page + 1),
      );
    }
    const next = rels.find(([, , rel]) => rel === 'next')?.[1];
    if (next === undefined) return;
    response = await get(next);
  }
}
