import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deed, EVERY_DEED, World } from '#test/support/deeds';
import { recount, type Usage } from '#test/support/recount';

const { DB: db, TEST_PROPERTY_RUNS } = env as unknown as {
  readonly DB: D1Database;
  readonly TEST_PROPERTY_RUNS: number;
};

/** Projects that hold more than before, and more than they may. */
function grownPastLimit(before: readonly Usage[], after: readonly Usage[]): readonly Usage[] {
  const usedBefore = new Map(before.map((usage) => [usage.project_id, usage.used_bytes]));
  return after.filter(
    ({ project_id: id, used_bytes: used, hard_bytes: hard }) =>
      hard >= 0 && used > hard && used > (usedBefore.get(id) ?? 0),
  );
}

it('whatever is done, what triggers keep is what a recount finds, and nothing grows past its limit', async ({
  task,
}) => {
  const done = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 20, maxLength: 40, size: 'max' }), async (deeds) => {
      const world = new World(db);
      await world.begin();
      let before = await recount(db, world.names);
      for (const [step, next] of deeds.entries()) {
        if (await world.do(next)) done.set(next.do, (done.get(next.do) ?? 0) + 1);
        const after = await recount(db, world.names);
        expect(after.wrong, `after step ${step}`).toEqual({});
        expect(grownPastLimit(before.usage, after.usage), `after step ${step}`).toEqual([]);
        before = after;
      }
    }),
    { numRuns: TEST_PROPERTY_RUNS, examples: [[[...EVERY_DEED]]] },
  );
  const deeds = [...done.values()].reduce((sum, count) => sum + count, 0);
  task.meta.note = `kept counts: ${deeds} deeds done, ${[...done].map(([name, count]) => `${name} ${count}`).join(', ')}`;
  expect([...done.keys()].sort()).toEqual([...new Set(EVERY_DEED.map((each) => each.do))].sort());
}, 600_000);
