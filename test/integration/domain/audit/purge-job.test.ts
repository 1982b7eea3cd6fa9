import { beforeEach, describe, expect, it } from 'vitest';
import { edgeLimits } from '#test/support/edge-limits';
import type { Harness } from '#test/support/harness';
import { createJobHarness, runDueJobs } from '#test/support/jobs';
import { testEnv } from '#test/support/server';

const ACTOR = { username: 'purger', sourceAddress: undefined };
const PARAMETERS = { audit_retention_hour: 1, include_event_types: 'create_label,delete_label', dry_run: false };

/** More than two slices of one operation, some of another, and what is not to go. */
async function insertMany(): Promise<void> {
  await testEnv.DB.prepare(
    `with recursive n(value) as (select 1 union all select value + 1 from n where value < 4600)
     insert into audit_log (operation_id, operation, resource_type, resource, username, description, is_success, at_ms)
     select 'purge-' || value, iif(value % 100 = 0, 'delete', 'create'), iif(value % 10 = 1, 'user', 'label'), value,
       'somebody', '', 1, value / 7 from n`,
  ).run();
}

const count = (condition: string) =>
  testEnv.DB.prepare(`select count(*) n from audit_log where ${condition}`).first<number>('n');

const purge = ({ services }: Harness, parameters: Partial<typeof PARAMETERS> = {}) =>
  services.purges.start({ ...PARAMETERS, ...parameters }, ACTOR);

const OLD = `resource_type = 'label' and username = 'somebody'`;

beforeEach(async () => {
  for (const table of ['audit_log', 'audit_forwarding', 'executions']) {
    await testEnv.DB.prepare(`delete from ${table}`).run();
  }
  await insertMany();
});

describe('a purge of more than a slice', () => {
  it('goes through all of it, and finds in a dry run what it then deletes', async () => {
    const harness = createJobHarness();
    const dry = await purge(harness, { dry_run: true });
    await runDueJobs(harness);
    const expected = Number(await count(OLD));
    expect((await harness.services.purges.get(dry)).results).toEqual({ purged: expected, kept: 0 });
    const real = await purge(harness);
    await runDueJobs(harness);
    expect((await harness.services.purges.get(real)).results).toEqual({ purged: expected, kept: 0 });
    expect([await count(OLD), await count(`username = 'somebody'`)]).toEqual([0, 4_600 - expected]);
  });

  it('may die at any call, and counts each entry once', async () => {
    const expected = Number(await count(OLD));
    const harness = createJobHarness();
    const id = await purge(harness);
    for (let calls = 0; calls < 12; calls++) {
      let left = calls;
      const dying = createJobHarness((call, invoke) => {
        if (call.binding === 'DB' && left-- <= 0) throw new Error('gone');
        return edgeLimits(call, invoke);
      });
      dying.clock.advance(harness.clock.nowMs() - dying.clock.nowMs());
      const taskId = await harness.services.purges.taskOf(id);
      await dying.services.jobRunner.run({ taskId }).catch(() => undefined);
      // Past the lease of whoever died; a slice that comes through forgives the failures before it.
      harness.clock.advance(15 * 60_000);
      await harness.env.DB.prepare('update tasks set failures = 0').run();
    }
    await runDueJobs(harness);
    expect(await harness.services.purges.get(id)).toMatchObject({ status: 'Success', results: { purged: expected } });
    expect(await count(OLD)).toBe(0);
  });

  it('leaves what is still to be forwarded', async () => {
    const harness = createJobHarness();
    const reached = await testEnv.DB.prepare(`select id from audit_log where operation_id = 'purge-2000'`).first('id');
    await testEnv.DB.prepare('insert into audit_forwarding (id, endpoint, forwarded_id) values (1, ?, ?)')
      .bind('logs.example.com:514', reached)
      .run();
    const kept = Number(await count(`${OLD} and id > ${reached}`));
    const expected = Number(await count(OLD)) - kept;
    const id = await purge(harness);
    await runDueJobs(harness);
    expect((await harness.services.purges.get(id)).results).toEqual({ purged: expected, kept });
    expect(await count(OLD)).toBe(kept);
    const taskId = await harness.services.purges.taskOf(id);
    let log = '';
    for await (const piece of harness.services.jobs.readLog(taskId)) log += piece;
    expect(log).toContain(`Kept ${kept} rows that are still to be forwarded`);
  });
});
