import { beforeEach, describe, expect, it } from 'vitest';
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
