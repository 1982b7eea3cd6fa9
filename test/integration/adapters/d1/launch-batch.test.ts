import { beforeEach, describe, expect, it } from 'vitest';
import { launchStatements } from '#adapters/d1/job-launch';
import { launchAllStatements } from '#adapters/d1/launch-batch';
import { JOB_CATALOGUE, laneOf } from '#domain/jobs/job-catalogue';
import type { Launch } from '#domain/jobs/launch';
import { testEnv } from '#test/support/server';

const { DB: db } = testEnv;

function launchOf(launchKey: string, vendorId: number, nowMs = 1_000, body = ''): Launch {
  const lane = laneOf('WEBHOOK', vendorId);
  return {
    vendorType: 'WEBHOOK',
    vendorId,
    trigger: 'EVENT',
    operator: 'ada',
    launchKey,
    parameters: { body },
    tasks: [{ jobId: `job-${launchKey}`, lane, parameters: { body } }],
    nowMs,
  };
}

async function run(launches: readonly Launch[]): Promise<readonly string[]> {
  const results = await db.batch(launchAllStatements(db, launches));
  const ids = (results.at(-1)?.results ?? []) as { id: number }[];
  const { results: rows } = await db
    .prepare('select job_id from tasks where id in (select value from json_each(?)) order by id')
    .bind(JSON.stringify(ids.map(({ id }) => id)))
    .all<{ job_id: string }>();
  return rows.map((row) => row.job_id);
}

const end = (key: string, atMs = 2_000) =>
  db
    .prepare(
      `update tasks set status = 'Success', due_at_ms = null, ended_at_ms = ?1, updated_at_ms = ?1 where job_id = ?2`,
    )
    .bind(atMs, `job-${key}`)
    .run();

beforeEach(async () => {
  await db.prepare('delete from executions').run();
});

describe('many launches', () => {
  it('make an execution with a task each, of which the first of each lane may run', async () => {
    expect(await run([launchOf('a', 1), launchOf('b', 1), launchOf('c', 2), launchOf('a', 1)])).toEqual([
      'job-a',
      'job-c',
    ]);
    const { results } = await db.prepare('select launch_key, status, task_count, pending_count from executions').all();
    expect(results).toEqual(
      ['a', 'b', 'c'].map((key) => ({ launch_key: key, status: 'Running', task_count: 1, pending_count: 1 })),
    );
  });

  it('change nothing when they have been made before', async () => {
    await run([launchOf('a', 1)]);
    await end('a');
    expect(await run([launchOf('a', 1)])).toEqual([]);
    expect(await db.prepare('select count(*) n from tasks').first('n')).toBe(1);
  });

  it('wait for those before them, and for nobody when the one before is known and has ended', async () => {
    await run([launchOf('a', 1)]);
    expect(await run([launchOf('b', 1)])).toEqual([]);
    await end('a');
    await end('b');
    expect(await run([launchOf('a', 1), launchOf('c', 1)])).toEqual(['job-c']);
  });

  it('leave as many ended runs of a policy as are kept', async () => {
    const { keptExecutions } = JOB_CATALOGUE.WEBHOOK;
    for (let index = 0; index < keptExecutions + 5; index++) {
      await run([launchOf(`k${index}`, 1)]);
      await end(`k${index}`);
    }
    await run([launchOf('other', 2), launchOf('last', 1)]);
    const kept = await db.prepare('select count(*) n, min(launch_key) m from executions where vendor_id = 1').first();
    expect(kept).toMatchObject({ n: keptExecutions });
    expect(await db.prepare(`select 1 from executions where launch_key in ('k0', 'k5', 'other')`).first()).toEqual({
      1: 1,
    });
  });

  describe('into a lane that is full', () => {
    const { maxWaiting = 0 } = JOB_CATALOGUE.WEBHOOK;
    const open = async () => {
      const { results } = await db
        .prepare('select job_id, due_at_ms from tasks where due_at_ms is not null order by id')
        .all<{ job_id: string; due_at_ms: number }>();
      return results;
    };
    const given = async (key: string) => {
      const row = await db
        .prepare(
          `select t.status, t.status_message, t.ended_at_ms, e.status as e_status, e.status_message as e_message, e.error_count,
             e.pending_count, (select group_concat(l.text, '') from task_logs l where l.task_id = t.id) as log
           from tasks t join executions e on e.id = t.execution_id where t.job_id = ?`,
        )
        .bind(`job-${key}`)
        .first();
      return row;
    };
    const message = 'given up: 1,000 newer ones wait';
    const givenUp = {
      status: 'Error',
      status_message: message,
      ended_at_ms: 3_000,
      e_status: 'Error',
      e_message: message,
      error_count: 1,
      pending_count: 0,
      log: `1970-01-01T00:00:03.000Z Failed: ${message}.\n`,
    };

    beforeEach(async () => {
      await run([launchOf('other', 2), ...Array.from({ length: maxWaiting }, (_, index) => launchOf(`w${index}`, 1))]);
    });

    it('give up the oldest that wait there, and not what has begun', async () => {
      await db.prepare(`update tasks set status = 'Running', due_at_ms = 9_000 where job_id = 'job-w0'`).run();
      await run([launchOf('a', 1, 3_000), launchOf('another', 2, 3_000)]);
      expect(await open()).toHaveLength(maxWaiting + 3);
      await run([launchOf('b', 1, 3_000), launchOf('c', 1, 3_000)]);
      for (const key of ['w1', 'w2']) expect(await given(key)).toEqual(givenUp);
      for (const key of ['w3', 'c', 'other']) expect(await given(key)).toMatchObject({ status: 'Pending', log: null });
      expect(await given('w0')).toMatchObject({ status: 'Running' });
      expect(await open()).toHaveLength(maxWaiting + 3);
      // The same again does nothing.
      await run([launchOf('b', 1, 4_000), launchOf('c', 1, 4_000)]);
      expect(await open()).toHaveLength(maxWaiting + 3);
    });

    it('pass on the turn of what they give up', async () => {
      await run([launchOf('a', 1, 3_000), launchOf('b', 1, 3_000)]);
      for (const key of ['w0', 'w1']) expect(await given(key)).toEqual(givenUp);
      const lane = (await open()).filter(({ job_id }) => job_id !== 'job-other');
      expect(lane).toHaveLength(maxWaiting);
      expect(lane.filter(({ due_at_ms }) => due_at_ms <= 3_000)).toEqual([{ job_id: 'job-w2', due_at_ms: 3_000 }]);
    });

    it('shorten one that is far too long bit by bit', async () => {
      await db
        .prepare(
          `insert into tasks (execution_id, vendor_type, job_id, lane, status, parameters, results, due_at_ms, created_at_ms,
             updated_at_ms)
           select t.execution_id, t.vendor_type, t.job_id || '-again', t.lane, t.status, t.parameters, t.results, t.due_at_ms, 0, 0
           from tasks t where t.lane = ? order by t.id`,
        )
        .bind(laneOf('WEBHOOK', 1))
        .run();
      await run([launchOf('a', 1)]);
      expect(await open()).toHaveLength(1 + 2 * maxWaiting - 200);
      await run([launchOf('b', 1)]);
      expect(await open()).toHaveLength(1 + 2 * maxWaiting - 400);
    });

    it('do so one by one as well', async () => {
      await db.batch(launchStatements(db, launchOf('a', 1, 3_000)));
      expect(await given('w0')).toEqual(givenUp);
      expect(await given('a')).toMatchObject({ status: 'Pending' });
    });
  });

  it('are few statements, each with values that D1 takes, however much there is to tell', async () => {
    const launches = Array.from({ length: 500 }, (_, index) =>
      launchOf(`m${index}`, index % 50, 1_000, 'x'.repeat(5_000)),
    );
    const statements = launchAllStatements(db, launches);
    expect(statements.length).toBeLessThan(30);
    expect(await run(launches)).toHaveLength(50);
    expect(await db.prepare('select count(*) n from tasks').first('n')).toBe(500);
  });
});
