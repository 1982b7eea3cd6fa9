import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deed, EVERY_DEED, World } from '#test/support/deeds';
import { propertyRuns } from '#test/support/depth';
import { beginAnew } from '#test/support/new-deployment';
import { recount, type Usage } from '#test/support/recount';

const { DB: db } = env as unknown as { readonly DB: D1Database };

/** Projects that hold more than before, and more than they may. */
function grownPastLimit(before: readonly Usage[], after: readonly Usage[]): readonly Usage[] {
  const usedBefore = new Map(before.map((usage) => [usage.project_id, usage.used_bytes]));
  return after.filter(
    ({ project_id: id, used_bytes: used, hard_bytes: hard }) =>
      hard >= 0 && used > hard && used > (usedBefore.get(id) ?? 0),
  );
}

it(
  'whatever is done, what triggers keep is what a recount finds, and nothing grows past its limit',
  async ({ task }) => {
    const done = new Map<string, number>();
    // What a failed run has left wrong must not be found by those that look for its cause.
    let isSpoilt = false;
    const property = fc.asyncProperty(fc.array(deed, { maxLength: 50, size: 'max' }), async (deeds) => {
      if (isSpoilt) await beginAnew();
      isSpoilt = true;
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
      isSpoilt = false;
    });
    await fc.assert(property, { numRuns: propertyRuns, examples: [[[...EVERY_DEED]]] });
    const deeds = [...done.values()].reduce((sum, count) => sum + count, 0);
    task.meta.note = `kept counts: ${deeds} deeds done, ${[...done].map(([name, count]) => `${name} ${count}`).join(', ')}`;
    expect([...done.keys()].sort()).toEqual([...new Set(EVERY_DEED.map((each) => each.do))].sort());
  },
  60_000 + propertyRuns * 20_000,
);

/** What makes a kept value false, by what the recount calls it; `?1` is added. */
const FALSIFICATIONS = [
  ['project_blobs.links', 'update project_blobs set links = links + ?1'],
  ['quotas.used_bytes', 'update quotas set used_bytes = used_bytes - ?1 where hard_bytes < 0'],
  ['artifacts.tag_count, parent_count', 'update artifacts set tag_count = tag_count + ?1 where tag_count > 0'],
  ['artifacts.tag_count, parent_count', 'update artifacts set parent_count = parent_count + ?1 where parent_count > 0'],
  ['repositories.artifact_count', 'update repositories set artifact_count = artifact_count + ?1'],
  ['projects.repository_count', 'update projects set repository_count = repository_count + ?1'],
  ['projects.artifact_count', 'update projects set artifact_count = artifact_count + ?1'],
  ['projects.audit_entry_count', 'update projects set audit_entry_count = audit_entry_count + ?1'],
  ['statistics', 'update statistics set users = users + ?1'],
  ['statistics', 'update statistics set oidc_groups = oidc_groups + ?1'],
  ['statistics', 'update statistics set audit_entries = audit_entries + ?1'],
  ['statistics', 'update statistics set storage_bytes = storage_bytes + ?1'],
  ['statistics', 'update statistics set private_repositories = private_repositories + ?1'],
] as const;

describe('the recount', () => {
  it('notices every kind of value that is false', async () => {
    const world = new World(db);
    await world.begin();
    for (const [what, falsify] of FALSIFICATIONS) {
      await db.prepare(falsify).bind(1).run();
      const { wrong } = await recount(db, world.names);
      await db.prepare(falsify).bind(-1).run();
      expect(Object.keys(wrong), falsify).toContain(what);
      expect((await recount(db, world.names)).wrong).toEqual({});
    }
  });

  it('notices a name that the search index has or lacks wrongly', async () => {
    const insert = 'insert into project_search (rowid, name) values (987654, ?)';
    await db.prepare(insert).bind('nothingofthatname').run();
    const { wrong } = await recount(db, ['nothingofthatname']);
    await db.prepare('delete from project_search where rowid = 987654').run();
    expect(Object.keys(wrong)).toEqual(['search index']);
    expect((await recount(db, ['nothingofthatname'])).wrong).toEqual({});
  });
});
