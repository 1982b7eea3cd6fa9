import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { guardJudgement } from '#adapters/d1/immutability-guard';
import { NO_RULES } from '#domain/immutability/judgement';
import { type Deed, deed, World } from '#test/support/deeds';

const { DB: db, TEST_PROPERTY_RUNS } = env as unknown as {
  readonly DB: D1Database;
  readonly TEST_PROPERTY_RUNS: number;
};

interface Rule {
  readonly do: 'rule';
  readonly project: number;
  readonly pattern: keyof typeof PATTERNS;
  readonly isExcluding: boolean;
  readonly becomes: 'enabled' | 'disabled' | 'deleted';
}

/** Patterns of tags with what they match, said in another way. */
const PATTERNS = { t0: /^t0$/, '{t1,t2}': /^t[12]$/, '*2': /^.*2$/, 't[^0]': /^t[^0]$/, x: /^x$/ } as const;

const rule: fc.Arbitrary<Rule> = fc.record({
  do: fc.constant('rule' as const),
  project: fc.nat({ max: 1 }),
  pattern: fc.constantFrom(...(Object.keys(PATTERNS) as (keyof typeof PATTERNS)[])),
  isExcluding: fc.boolean(),
  becomes: fc.constantFrom('enabled', 'enabled', 'enabled', 'enabled', 'disabled', 'deleted'),
});

const step = fc.oneof({ weight: 2, arbitrary: rule }, { weight: 6, arbitrary: deed });

function setRule(projectId: number, { pattern, isExcluding, becomes }: Rule): Promise<unknown> {
  const selectors = JSON.stringify({
    repository: { decoration: 'repoMatches', pattern: '**' },
    tag: { decoration: isExcluding ? 'excludes' : 'matches', pattern },
  });
  const statement =
    becomes === 'deleted'
      ? db.prepare('delete from immutable_rules where project_id = ? and selectors = ?').bind(projectId, selectors)
      : db
          .prepare(
            `insert into immutable_rules (project_id, selectors, is_disabled, created_at_ms, updated_at_ms)
               values (?, ?, ?, 0, 0) on conflict do update set is_disabled = excluded.is_disabled`,
          )
          .bind(projectId, selectors, becomes === 'disabled' ? 1 : 0);
  return statement.run();
}

/** Immutable tags of the projects by where they are, and what they name. */
async function immutableTags(projectIds: readonly number[]): Promise<Readonly<Record<string, string>>> {
  const ids = JSON.stringify(projectIds);
  const [rules, tags] = await db.batch<Record<string, string>>([
    db
      .prepare('select * from immutable_rules where is_disabled = 0 and project_id in (select value from json_each(?))')
      .bind(ids),
    db
      .prepare(
        `select r.project_id, r.name as repository, t.name, a.digest from tags t
           join artifacts a on a.id = t.artifact_id join repositories r on r.id = t.repository_id
           where r.project_id in (select value from json_each(?))`,
      )
      .bind(ids),
  ]);
  const immutable = (tags?.results ?? []).filter((tag) =>
    (rules?.results ?? []).some((each) => {
      const { decoration, pattern } = JSON.parse(each['selectors'] ?? '').tag as {
        decoration: string;
        pattern: keyof typeof PATTERNS;
      };
      const isMatching = PATTERNS[pattern].test(tag['name'] ?? '');
      return each['project_id'] === tag['project_id'] && isMatching === (decoration === 'matches');
    }),
  );
  return Object.fromEntries(
    immutable.map((tag) => [`${tag['project_id']}/${tag['repository']}:${tag['name']}`, tag['digest'] ?? '']),
  );
}

it(
  'whatever is done, immutable tags stay where they are',
  async ({ task }) => {
    let [kept, refused] = [0, 0];
    const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), async (steps) => {
      const world = new World(db);
      await world.begin();
      let before = await immutableTags(world.projectIds);
      for (const [number, next] of steps.entries()) {
        if (next.do === 'rule') await setRule(world.projectIds[next.project] ?? 0, next);
        else if (!(await world.do(next as Deed))) refused++;
        const after = await immutableTags(world.projectIds);
        if (next.do !== 'rule') expect(after, `after step ${number}, ${next.do}`).toMatchObject(before);
        kept += Object.keys(before).length;
        before = after;
      }
    });
    await fc.assert(property, { numRuns: TEST_PROPERTY_RUNS });
    task.meta.note = `immutable tags: ${kept} times one was still there, ${refused} deeds refused`;
    expect(kept).toBeGreaterThan(0);
  },
  60_000 + TEST_PROPERTY_RUNS * 20_000,
);

it('a project without rules pays for a row of the repository and a look into the index', async () => {
  const world = new World(db);
  await world.begin();
  const repository = await db
    .prepare('select id from repositories where project_id = ?')
    .bind(world.projectIds[0])
    .first<number>('id');
  const results = await db.batch(guardJudgement(db, repository ?? 0, { rules: NO_RULES, movedTags: undefined }));
  expect(results.map(({ meta }) => [meta.rows_read, meta.rows_written])).toEqual([[2, 0]]);
});
