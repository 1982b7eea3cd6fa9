import { beforeEach, describe, expect, it } from 'vitest';
import { newRepository, pushImage, randomImage } from '#test/support/images';
import { byPassword, createJobHarness, runDueJobs } from '#test/support/jobs';
import { asAdmin } from '#test/support/server';

const PATH = '/api/v2.0/system/storage-comparison';
const DAY_MS = 86_400_000;
const harness = byPassword(createJobHarness());
const { BLOBS, DB } = harness.env;

async function compare(parameters: Record<string, unknown> = {}) {
  const body = JSON.stringify({ schedule: { type: 'Manual' }, parameters });
  const headers = { ...asAdmin, 'content-type': 'application/json' };
  expect((await harness.request('POST', `${PATH}/schedule`, { headers, body })).status).toBe(201);
  await runDueJobs(harness);
  const listed = await harness.request('GET', `${PATH}?page_size=1`, { headers: asAdmin });
  const [run] = (await listed.json()) as { id: number; job_status: string; job_parameters: string }[];
  const log = await harness.request('GET', `${PATH}/${run?.id}/log`, { headers: asAdmin });
  return { status: run?.job_status, found: JSON.parse(run?.job_parameters ?? '{}'), log: await log.text() };
}

/** An object as it would be left under an intent of that time. */
async function leave(openedAtMs: number, prefix: 'blobs' | 'journal' = 'blobs'): Promise<string> {
  const key = `${prefix}/${openedAtMs.toString(36).padStart(9, '0')}-${crypto.randomUUID()}/${crypto.randomUUID()}`;
  await BLOBS.put(key, 'left');
  return key;
}

beforeEach(async () => {
  const { objects } = await BLOBS.list();
  await BLOBS.delete(objects.map(({ key }) => key));
  await DB.batch(
    ['tags', 'artifact_blobs', 'artifacts', 'repository_blobs', 'blobs'].map((table) =>
      DB.prepare(`delete from ${table}`),
    ),
  );
});

describe('a comparison', () => {
  it('deletes what no row names and no upload could still use, and nothing young, and says so in a dry run first', async () => {
    await pushImage(harness, newRepository(), randomImage(), 'v1');
    const old = await leave(harness.clock.nowMs() - 3 * DAY_MS);
    const entry = await leave(harness.clock.nowMs() - 3 * DAY_MS, 'journal');
    expect((await compare()).found).toMatchObject({ objects: 4, orphans: 0, missing: 0 });
    harness.clock.advance(1.1 * DAY_MS);
    const underWay = await leave(harness.clock.nowMs());
    const dry = await compare({ dry_run: true });
    expect(dry.found).toMatchObject({ objects: 5, orphans: 2, missing: 0 });
    expect(await BLOBS.head(old)).not.toBeNull();
    const run = await compare();
    expect(run).toMatchObject({ status: 'Success', found: { objects: 5, orphans: 2, missing: 0 } });
    expect(run.log).toContain(`deleted: ${old}`);
    expect([await BLOBS.head(old), await BLOBS.head(entry)]).toEqual([null, null]);
    expect(await BLOBS.head(underWay)).not.toBeNull();
    expect((await BLOBS.list()).objects).toHaveLength(4);
  });

  it('reports blobs whose objects are missing, and leaves their rows', { timeout: 60_000 }, async () => {
    for (let image = 0; image < 2; image++) await pushImage(harness, newRepository(), randomImage());
    const rows = `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1100)
      insert into blobs (digest, size_bytes, object_key, touched_at_ms, created_at_ms)
      select 'sha256:' || printf('%064x', i), 1, 'blobs/zz-' || printf('%05d', i), 0, 0 from n`;
    await DB.prepare(rows).run();
    const [row] = (await DB.prepare('select object_key, digest from blobs order by object_key limit 1').all()).results;
    await BLOBS.delete(String(row?.['object_key']));
    const { found, log } = await compare();
    expect(found).toMatchObject({ objects: 5, orphans: 0, missing: 1101 });
    expect(log).toContain(`missing: ${row?.['object_key']} of ${row?.['digest']}`);
    expect(await DB.prepare('select count(*) as n from blobs').first('n')).toBe(1106);
  });

  it('comes by a schedule', async () => {
    const headers = { ...asAdmin, 'content-type': 'application/json' };
    const schedule = async (type: string) =>
      (await harness.request('PUT', `${PATH}/schedule`, { headers, body: JSON.stringify({ schedule: { type } }) }))
        .status;
    expect(await schedule('Weekly')).toBe(200);
    const scheduled = await harness.request('GET', `${PATH}/schedule`, { headers: asAdmin });
    expect(await scheduled.json()).toMatchObject({ job_status: 'Running', schedule: { type: 'Weekly' } });
    harness.clock.advance(8 * DAY_MS);
    await harness.services.schedules.fireDue();
    await runDueJobs(harness);
    const runs = await harness.request('GET', `${PATH}?page_size=1`, { headers: asAdmin });
    expect(await runs.json()).toMatchObject([{ job_kind: 'SCHEDULE', job_status: 'Success' }]);
    expect(await schedule('None')).toBe(200);
    expect(await schedule('Yearly')).toBe(422);
    expect(await harness.services.schedules.find('STORAGE_COMPARISON', 0)).toBeUndefined();
  });

  it('stops, and what it has not come to stays', async () => {
    const old = await leave(harness.clock.nowMs() - 3 * DAY_MS);
    const headers = { ...asAdmin, 'content-type': 'application/json' };
    const body = JSON.stringify({ schedule: { type: 'Manual' } });
    const begun = await harness.request('POST', `${PATH}/schedule`, { headers, body });
    const run = begun.headers.get('location') ?? '';
    expect((await harness.request('PUT', run, { headers: asAdmin })).status).toBe(200);
    await runDueJobs(harness);
    const stopped = await harness.request('GET', run, { headers: asAdmin });
    expect(await stopped.json()).toMatchObject({ job_name: 'STORAGE_COMPARISON', job_status: 'Stopped' });
    expect(await BLOBS.head(old)).not.toBeNull();
  });

  it('has no log of a run that is another, and no parameters but its own', async () => {
    expect((await harness.request('GET', `${PATH}/987654/log`, { headers: asAdmin })).status).toBe(404);
    const headers = { ...asAdmin, 'content-type': 'application/json' };
    const body = JSON.stringify({ schedule: { type: 'Manual' }, parameters: { dry_run: 1 } });
    expect((await harness.request('POST', `${PATH}/schedule`, { headers, body })).status).toBe(400);
  });
});
