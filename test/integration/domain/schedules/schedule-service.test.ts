import { beforeEach, describe, expect, it } from 'vitest';
import { D1ScheduleStore } from '#adapters/d1/schedule-store';
import type { Schedule } from '#domain/schedules/schedule';
import { ScheduleService } from '#domain/schedules/schedule-service';
import { TestClock } from '#test/support/harness';
import { testEnv } from '#test/support/server';

const HOUR_MS = 60 * 60_000;
const ACTOR = { username: 'admin', sourceAddress: undefined };
const AUDIT = {
  projectId: undefined,
  operation: 'create',
  resourceType: 'schedule',
  resource: 'gc',
  description: 'gc',
};
const HOURLY = { cronType: 'Hourly', cron: '' } as const;

beforeEach(() => testEnv.DB.prepare('delete from schedules').run());

function createSchedules() {
  const clock = new TestClock();
  const fired: string[] = [];
  let failure: Error | undefined;
  const reported: unknown[] = [];
  const launch = async ({ parameters, vendorId }: Schedule, launchKey: string) => {
    if (failure && vendorId === 0) throw failure;
    if (parameters['fails']) throw new Error('it always fails');
    fired.push(`${launchKey} ${JSON.stringify(parameters)}`);
  };
  const schedules = new ScheduleService({
    schedules: new D1ScheduleStore({ db: testEnv.DB }),
    launches: { GARBAGE_COLLECTION: launch, RETENTION: launch },
    clock,
    report: (error) => reported.push(error),
  });
  const set = (more: Partial<Parameters<ScheduleService['set']>[0]> = {}) =>
    schedules.set(
      {
        vendorType: 'GARBAGE_COLLECTION',
        vendorId: 0,
        times: HOURLY,
        parameters: { a: 1 },
        isNew: true,
        audit: AUDIT,
        ...more,
      },
      ACTOR,
    );
  const find = async () => {
    const found = await schedules.find('GARBAGE_COLLECTION', 0);
    if (!found) throw new Error('no schedule');
    return found;
  };
  const failWith = (error?: Error) => {
    failure = error;
  };
  return { clock, schedules, set, find, fired, reported, failWith };
}

/** Schedules that have been due for long, of policies from 1 on; those up to a number can never begin. */
async function insertDue(count: number, failing: number): Promise<void> {
  await testEnv.DB.prepare(
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)
     insert into schedules (vendor_type, vendor_id, cron_type, cron, parameters, due_at_ms, created_at_ms, updated_at_ms)
     select 'RETENTION', i, 'Hourly', '0 0 * * * *', iif(i <= ?2, '{"fails":true}', '{}'), i / 3, 0, 0 from n`,
  )
    .bind(count, failing)
    .run();
}

describe('a schedule', () => {
  it('is due at the next of its times, and is the one of its kind', async () => {
    const { set, find, clock } = createSchedules();
    await set();
    const { dueAtMs, cron, cronType, operator } = await find();
    expect({ cron, cronType, operator }).toEqual({ cron: '0 0 * * * *', cronType: 'Hourly', operator: 'admin' });
    expect(dueAtMs % HOUR_MS).toBe(0);
    expect(dueAtMs - clock.nowMs()).toBeLessThanOrEqual(HOUR_MS);
    await expect(set()).rejects.toMatchObject({ code: 'CONFLICT' });
    await set({ times: { cronType: 'Custom', cron: '0 30 1 * * *' }, isNew: false });
    expect(await find()).toMatchObject({ cron: '0 30 1 * * *', cronType: 'Custom' });
    await set({ times: { cronType: 'Daily', cron: '0 30 3 * * *' }, isNew: false });
    expect(await find()).toMatchObject({ cron: '0 30 3 * * *', cronType: 'Daily' });
  });

  it('is refused with a cron that is none or never comes', async () => {
    const { set } = createSchedules();
    for (const cron of ['', 'x', '* * * * *', '0 0 0 31 2 *']) {
      await expect(set({ times: { cronType: 'Custom', cron } })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
  });

  it('fires once a time, though the tick comes late, or twice at once', async () => {
    const { schedules, set, find, clock, fired } = createSchedules();
    const id = await set();
    const { dueAtMs } = await find();
    await schedules.fireDue();
    expect(fired).toEqual([]);
    clock.advance(dueAtMs - clock.nowMs() + 5 * HOUR_MS);
    await Promise.all([schedules.fireDue(), schedules.fireDue()]);
    await schedules.fireDue();
    expect(new Set(fired)).toEqual(new Set([`schedule:${id}:${dueAtMs} {"a":1}`]));
    expect((await find()).dueAtMs).toBeGreaterThan(clock.nowMs());
  });

  it('whose launch fails is tried again with the same key, and holds up no other', async () => {
    const { schedules, set, find, clock, fired, reported, failWith } = createSchedules();
    const id = await set();
    const other = await set({ vendorType: 'RETENTION', vendorId: 5 });
    const { dueAtMs } = await find();
    clock.advance(HOUR_MS + 1);
    failWith(new Error('no database'));
    await schedules.fireDue();
    expect(fired).toEqual([expect.stringContaining(`schedule:${other}:`)]);
    expect(reported).toHaveLength(1);
    failWith();
    await schedules.fireDue();
    expect(fired.slice(1)).toEqual([`schedule:${id}:${dueAtMs} {"a":1}`]);
  });

  it('fires though all of those that have been due for longer cannot begin', async () => {
    const { schedules, fired, reported } = createSchedules();
    await insertDue(170, 165);
    await schedules.fireDue();
    expect(fired).toHaveLength(5);
    expect(reported).toHaveLength(165);
    await schedules.fireDue();
    expect(fired).toHaveLength(5);
    expect(reported).toHaveLength(330);
  });

  it('is tried with up to 500 others by a tick, of which some 50 begin', async () => {
    const { schedules, fired, reported } = createSchedules();
    await insertDue(520, 520);
    await schedules.fireDue();
    expect(reported).toHaveLength(500);
    await testEnv.DB.prepare('delete from schedules').run();
    await insertDue(130, 20);
    await schedules.fireDue();
    expect(fired).toHaveLength(80);
    await schedules.fireDue();
    expect(fired).toHaveLength(110);
  });

  it('does not fire while schedules are paused, and once when they go on', async () => {
    const { schedules, set, clock, fired } = createSchedules();
    await set();
    await testEnv.DB.prepare(`insert into paused_queues (vendor_type, paused_at_ms) values ('SCHEDULER', 1)`).run();
    clock.advance(3 * HOUR_MS);
    await schedules.fireDue();
    expect(fired).toEqual([]);
    await testEnv.DB.prepare('delete from paused_queues').run();
    await schedules.fireDue();
    expect(fired).toHaveLength(1);
  });

  it('is gone when it is removed, and removing it again is fine', async () => {
    const { schedules, set } = createSchedules();
    await set();
    for (let round = 0; round < 2; round++) await schedules.remove('GARBAGE_COLLECTION', 0, AUDIT, ACTOR);
    expect(await schedules.find('GARBAGE_COLLECTION', 0)).toBeUndefined();
  });
});
