import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { runBatch } from '#adapters/d1/batch';
import { GuardFailed, guard } from '#adapters/d1/guards';
import type { Env } from '#src/env';

const { DB } = env as unknown as Env;
const insertProject = DB.prepare(
  `insert into projects (name, owner_id, created_at_ms, updated_at_ms) values ('guarded', 1, 0, 0)`,
);
const count = async () =>
  (await DB.prepare(`select count(*) n from projects where name = 'guarded'`).first('n')) as number;

describe('guard', () => {
  it('rolls back the whole batch and names the precondition that did not hold', async () => {
    const batch = runBatch(DB, [
      insertProject,
      guard(DB, 'PROJECT_GONE', 'exists (select 1 from projects where id = ?)', 99),
    ]);
    await expect(batch).rejects.toEqual(new GuardFailed('PROJECT_GONE'));
    expect(await count()).toBe(0);
  });

  it('lets the batch through and writes nothing when the precondition holds', async () => {
    await runBatch(DB, [insertProject, guard(DB, 'PROJECT_GONE', 'exists (select 1 from projects where id = ?)', 1)]);
    expect(await count()).toBe(1);
    expect(await DB.prepare('select count(*) n from guards').first('n')).toBe(0);
  });
});
