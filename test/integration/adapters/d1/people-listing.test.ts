import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { D1UserGroupStore } from '#adapters/d1/user-group-store';
import { D1UserStore } from '#adapters/d1/user-store';
import { MeteredDatabase } from '#adapters/metering/metered-database';
import type { UserGroupFilter } from '#domain/groups/user-group-store';
import { USER_ORDERS, type UserFilter, type UserPage } from '#domain/users/user-store';
import { createHarness } from '#test/support/harness';
import { testEnv } from '#test/support/server';

const PEOPLE = 3_000;
const { meter } = createHarness().services;
const db = new MeteredDatabase({ db: testEnv.DB, meter });
const users = new D1UserStore({ db });
const groups = new D1UserGroupStore({ db });
const firstPage: UserPage = { limit: 10, offset: 0, orderBy: 'username', isDescending: false };

async function rowsRead(task: () => Promise<unknown>): Promise<number> {
  return meter.run(async (usage) => {
    await task();
    return usage.counts.d1RowsRead;
  });
}

interface UserRow {
  readonly id: number;
  readonly username: string;
  readonly email: string | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

interface GroupRow {
  readonly id: number;
  readonly name: string;
  readonly type: number;
}

let userRows: readonly UserRow[] = [];
let groupRows: readonly GroupRow[] = [];

beforeAll(async () => {
  const numbers = `with recursive c(n) as (select 0 union all select n + 1 from c where n < ${PEOPLE - 1}) select n from c`;
  const run = (sql: string) => testEnv.DB.prepare(sql).run();
  // Names go up and down beside ids and times; one in three is of team `blue`, and one in forty is gone.
  await run(`insert into users (username, username_key, email, created_at_ms, updated_at_ms)
    select printf('%s-%05d', iif(n % 3, 'red', 'Blue'), (n * 7919) % 100000), 'key-' || n,
      iif(n % 5, printf('p%d@%s.example.org', n, iif(n % 2, 'odd', 'EVEN')), null), (n * 31) % 997, (n * 17) % 499 from (${numbers})`);
  await run(
    `update users set username = username || '#' || id, email = null, deleted_at_ms = 1 where id > 1 and id % 40 = 0`,
  );
  await run(`insert into user_groups (name, type, key, created_at_ms, updated_at_ms)
    select printf('%s "%05d"', iif(n % 3, 'Red', 'blue'), (n * 7919) % 100000), n % 2 + 2, n, 0, 0 from (${numbers})`);
  await run('delete from user_groups where id % 40 = 0');
  userRows = (await testEnv.DB.prepare('select * from users where deleted_at_ms is null').all<UserRow>()).results;
  groupRows = (await testEnv.DB.prepare('select * from user_groups').all<GroupRow>()).results;
});

const holds = (text: string | null, part: string | undefined) =>
  !part || (text ?? '').toLowerCase().includes(part.toLowerCase());

const part = fc.constantFrom(
  '',
  'e',
  'red',
  'blue-',
  'BLUE-0791',
  '-00',
  'even',
  '.example.',
  '"',
  'd "0',
  'nobody',
  'a\u0000bc',
  'ähn',
);

describe('a listing of accounts', () => {
  function expected(filter: UserFilter, page: UserPage) {
    const keyOf = (row: UserRow) =>
      ({ user_id: row.id, username: row.username, creation_time: row.created_at_ms, update_time: row.updated_at_ms })[
        page.orderBy
      ];
    const found = userRows
      .filter(({ username }) => filter.username === undefined || username === filter.username)
      .filter(({ email }) => filter.email === undefined || email === filter.email)
      .filter((row) => holds(row.username, filter.usernameContains) && holds(row.email, filter.emailContains))
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : a.id - b.id));
    if (page.isDescending) found.reverse();
    return { ids: found.slice(page.offset, page.offset + page.limit).map(({ id }) => id), total: found.length };
  }

  it('gives what reading every account would give, whatever is asked', async () => {
    const filters = fc.record(
      {
        username: fc.constantFrom('admin', 'red-07919', 'nobody'),
        email: fc.constantFrom('p1@odd.example.org', 'absent'),
        usernameContains: part,
        emailContains: part,
      },
      { requiredKeys: [] },
    );
    const pages = fc.record({
      limit: fc.constantFrom(1, 10, 100),
      offset: fc.constantFrom(0, 5, 800, 960, 1_100, 2_890, 5_000),
      orderBy: fc.constantFrom(...USER_ORDERS),
      isDescending: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(filters, pages, async (filter, page) => {
        const { items, total } = await users.list(filter, page);
        expect({ ids: items.map(({ id }) => id), total }).toEqual(expected(filter, page));
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  it.each(USER_ORDERS)('reads no more than its page by %s, at the beginning and at the end', async (orderBy) => {
    for (const offset of [0, userRows.length - 10]) {
      expect(await rowsRead(() => users.list({}, { ...firstPage, orderBy, offset }))).toBeLessThan(100);
    }
  });

  it.each(USER_ORDERS)('reads of a part few names have the accounts it finds, by %s', async (orderBy) => {
    for (const filter of [{ usernameContains: 'lue-07919' }, { emailContains: 'p123@' }]) {
      expect(await rowsRead(() => users.list(filter, { ...firstPage, orderBy }))).toBeLessThan(60);
    }
  });

  it.each(USER_ORDERS)('counts those of a part many names have, and reads its page alone, by %s', async (orderBy) => {
    const { total } = await users.list({ usernameContains: 'blue' }, firstPage);
    const read = await rowsRead(() => users.list({ usernameContains: 'blue' }, { ...firstPage, orderBy }));
    expect(read - total).toBeLessThan(250);
  });
});

describe('a listing of groups', () => {
  function expected({ type, nameContains }: UserGroupFilter, page: { limit: number; offset: number }) {
    const found = groupRows.filter((row) => (type === undefined || row.type === type) && holds(row.name, nameContains));
    return { ids: found.slice(page.offset, page.offset + page.limit).map(({ id }) => id), total: found.length };
  }

  it('gives what reading every group would give, whatever is asked', async () => {
    const filters = fc.record({ type: fc.constantFrom(1, 2, 3), nameContains: part }, { requiredKeys: [] });
    const pages = fc.record({ limit: fc.constantFrom(1, 10, 100), offset: fc.constantFrom(0, 5, 960, 1_400, 2_890) });
    await fc.assert(
      fc.asyncProperty(filters, pages, async (filter, page) => {
        const { items, total } = await groups.list(filter, page);
        expect({ ids: items.map(({ id }) => id), total }).toEqual(expected(filter, page));
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it('reads no more than its page, and of a part what it counts', async () => {
    const page = { limit: 10, offset: 0 };
    for (const filter of [{}, { type: 2 }, { nameContains: 'lue "07919' }] as const) {
      expect(await rowsRead(() => groups.list(filter, page))).toBeLessThan(100);
    }
    const { total } = await groups.list({ nameContains: 'blue' }, page);
    expect(await rowsRead(() => groups.list({ nameContains: 'blue' }, page))).toBeLessThan(3 * total + 100);
  });
});
