import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import { MEDIA_TYPES } from '#core/media-types';
import { repositoryName } from '#core/reference';
import { pushArtifact, subjectOf } from '#test/support/artifacts';
import {
  descriptor,
  type Image,
  jsonBytes,
  newRepository,
  pushBlob,
  pushImage,
  putManifest,
  randomBytes,
  randomImage,
} from '#test/support/images';
import { byPassword, createJobHarness, runDueJobs } from '#test/support/jobs';
import { asAdmin, errorOf, insertProject } from '#test/support/server';

const GC = '/api/v2.0/system/gc';
const HOUR_MS = 3_600_000;
const json = { ...asAdmin, 'content-type': 'application/json' };
/** Calls of R2 that delete fail while this is set. */
let isStorageDown = false;
/** Happens between the look at an untagged artifact and the batch that deletes it. */
let beforeDeletion: (() => Promise<unknown>) | undefined;
const harness = byPassword(
  createJobHarness(async (call, invoke) => {
    if (isStorageDown && call.binding === 'BLOBS' && call.method === 'delete') throw new Error('storage is down');
    if (call.method === 'batch' && JSON.stringify(call.args).includes('ARTIFACT_WANTED')) {
      const deed = beforeDeletion;
      beforeDeletion = undefined;
      await deed?.();
    }
    return invoke();
  }),
);

interface Run {
  readonly id: number;
  readonly job_status: string;
  readonly job_kind: string;
  readonly job_parameters: string;
}

const send = (method: string, path: string, body: unknown) =>
  harness.request(method, path, { headers: json, body: JSON.stringify(body) });
const read = async <T>(path: string) => (await harness.request('GET', path, { headers: asAdmin })).json() as Promise<T>;
const begin = async (parameters: Record<string, unknown>) => {
  const begun = await send('POST', `${GC}/schedule`, { schedule: { type: 'Manual' }, parameters });
  expect(begun.status, await begun.clone().text()).toBe(201);
  return begun.headers.get('location') ?? '';
};

async function collect(parameters: Record<string, unknown>) {
  const location = await begin(parameters);
  await runDueJobs(harness);
  const run = await read<Run>(location);
  const log = await harness.request('GET', `${location}/log`, { headers: asAdmin });
  return { ...run, brought: JSON.parse(run.job_parameters) as Record<string, number>, log: await log.text() };
}

async function keys(): Promise<readonly string[]> {
  return (await harness.env.BLOBS.list()).objects.map(({ key }) => key);
}

async function neededKeys(): Promise<readonly string[]> {
  const { results } = await harness.env.DB.prepare(
    `select object_key from blobs where id in (
       select manifest_blob_id from artifacts union select blob_id from artifact_blobs) order by 1`,
  ).all<{ object_key: string }>();
  return results.map((row) => row.object_key);
}

const pulls = async (repository: string, image: Image) =>
  (await harness.asAdmin('GET', `/v2/${repository}/manifests/${image.digest}`)).status;

beforeEach(async () => {
  // What the test before has left.
  isStorageDown = false;
  harness.clock.advance(3 * HOUR_MS);
  await collect({ time_window_hours: 0, delete_untagged: true });
});

describe('a run', () => {
  it('without a window frees all that nothing needs, as its dry run has said, and leaves the rest', async () => {
    const repository = newRepository();
    const [kept, untagged, deleted] = [randomImage(), randomImage(), randomImage()];
    await pushImage(harness, repository, untagged, 'v1');
    await pushImage(harness, repository, kept, 'v1');
    await pushImage(harness, repository, deleted, 'v2');
    await harness.asAdmin('DELETE', `/v2/${repository}/manifests/${deleted.digest}`);
    await pushBlob(harness, repository, randomBytes(77));
    const before = await keys();
    const dry = await collect({ dry_run: true, time_window_hours: 0, delete_untagged: true });
    expect(await keys()).toEqual(before);
    const { brought, log, ...run } = await collect({ time_window_hours: 0, delete_untagged: true, workers: 3 });
    expect(run).toMatchObject({ job_status: 'Success', job_kind: 'MANUAL' });
    expect(brought).toMatchObject({
      purged_manifests: 2,
      purged_blobs: 5,
      untagged_artifacts: 1,
      forgotten_artifacts: 2,
      unlinked_blobs: 1,
      freed_space:
        77 +
        2 * 100 +
        [untagged, deleted].reduce((sum, { config, manifest }) => sum + config.length + manifest.length, 0),
      time_window: 0,
    });
    expect(dry.brought).toEqual({ ...brought, dry_run: true, workers: 1 });
    expect(await keys()).toEqual(await neededKeys());
    expect(await pulls(repository, kept)).toBe(200);
    expect(log).toMatch(/workers 3.*\n.*stays\n.*untagged: .*\n(.*\n)*.*Done: 1 untagged artifacts, .* in \d/);
    expect(log).toContain(deleted.digest);
  });

  it('leaves what was touched within the window, and takes it after', async () => {
    const repository = newRepository();
    const digest = await pushBlob(harness, repository, randomBytes(50));
    const early = await collect({});
    expect(early.brought).toMatchObject({ unlinked_blobs: 0, purged_blobs: 0, time_window: 2 });
    const cutoff = new Date(harness.clock.nowMs() - 2 * HOUR_MS).toISOString().slice(0, 16);
    expect(early.log).toContain(`What was touched or deleted after ${cutoff}`);
    expect(early.log).toMatch(/links: nothing in .* s; 1 left, as the window has not passed/);
    harness.clock.advance(1.5 * HOUR_MS);
    expect((await harness.asAdmin('HEAD', `/v2/${repository}/blobs/${digest}`)).status).toBe(200);
    harness.clock.advance(1.5 * HOUR_MS);
    expect((await collect({})).brought).toMatchObject({ unlinked_blobs: 0 });
    harness.clock.advance(HOUR_MS);
    expect((await collect({})).brought).toMatchObject({ unlinked_blobs: 1, purged_blobs: 1, freed_space: 50 });
    expect((await harness.asAdmin('HEAD', `/v2/${repository}/blobs/${digest}`)).status).toBe(404);
  });

  it('leaves deletions to be undone for the window, its own too', async () => {
    const repository = newRepository();
    const [image, next] = [randomImage(), randomImage()];
    await pushImage(harness, repository, image, 'v1');
    await pushImage(harness, repository, next, 'v1');
    harness.clock.advance(3 * HOUR_MS);
    expect((await collect({ delete_untagged: true })).brought).toMatchObject({
      untagged_artifacts: 1,
      purged_blobs: 0,
    });
    expect(await pulls(repository, image)).toBe(404);
    const [, name = ''] = repository.split('/');
    const trash = `/api/v2.0/projects/library/repositories/${name}/trash`;
    const items = await read<{ digest: string; deleted_by: string }[]>(trash);
    expect(items).toMatchObject([{ digest: image.digest, deleted_by: 'garbage-collection' }]);
    harness.clock.advance(HOUR_MS);
    expect((await collect({})).brought).toMatchObject({ forgotten_artifacts: 0 });
    const restored = await harness.request('POST', `${trash}/artifacts/${image.digest}/restore`, { headers: asAdmin });
    expect(restored.status).toBe(201);
    expect(await pulls(repository, image)).toBe(200);
  });

  it('deletes no untagged artifact that lost its tag, was asked for, or pushed within the window, nor children of an index', async () => {
    const repository = newRepository();
    const [child, retagged, asked] = [randomImage(), randomImage(), randomImage()];
    for (const image of [child, retagged, asked]) await pushImage(harness, repository, image);
    await putManifest(harness, repository, 'r', retagged.manifest, retagged.mediaType);
    const index = jsonBytes({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociIndex,
      manifests: [descriptor(child.manifest, child.mediaType)],
    });
    await putManifest(harness, repository, 'index', index, MEDIA_TYPES.ociIndex);
    harness.clock.advance(5 * HOUR_MS);
    await harness.asAdmin('DELETE', `/v2/${repository}/manifests/r`);
    await harness.asAdmin('HEAD', `/v2/${repository}/manifests/${asked.digest}`);
    const early = await collect({ delete_untagged: true });
    expect(early.brought).toMatchObject({ untagged_artifacts: 0 });
    expect(early.log).toMatch(/untagged: nothing in .* s; \d left, as the window has not passed/);
    for (const image of [child, retagged, asked]) expect(await pulls(repository, image)).toBe(200);
    harness.clock.advance(3 * HOUR_MS);
    expect((await collect({ delete_untagged: true })).brought).toMatchObject({ untagged_artifacts: 2 });
    expect(await pulls(repository, child)).toBe(200);
  });

  it('whose storage fails is tried again, and what it has given up is deleted by a later one', async () => {
    const repository = newRepository();
    await pushBlob(harness, repository, randomBytes(30));
    isStorageDown = true;
    const location = await begin({ time_window_hours: 0 });
    await runDueJobs(harness);
    for (let tries = 0; tries < 4; tries++) {
      harness.clock.advance(HOUR_MS);
      await runDueJobs(harness);
    }
    expect(await read<Run>(location)).toMatchObject({ job_status: 'Error' });
    expect(await keys()).not.toEqual(await neededKeys());
    isStorageDown = false;
    await collect({ time_window_hours: 0 });
    expect(await keys()).toEqual(await neededKeys());
  });

  it('can be stopped, and then does nothing more', async () => {
    await pushBlob(harness, newRepository(), randomBytes(31));
    const before = await keys();
    const location = await begin({ time_window_hours: 0 });
    expect((await harness.request('PUT', location, { headers: asAdmin })).status).toBe(200);
    await runDueJobs(harness);
    expect(await read<Run>(location)).toMatchObject({ job_status: 'Stopped' });
    expect(await keys()).toEqual(before);
  });
});

describe('policies', () => {
  const everywhere = { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }] };
  const everyTag = { kind: 'doublestar', decoration: 'matches', pattern: '**' };
  /** An image without a tag that has a signature with one. */
  const pushUntagged = async (project: string) => {
    const repository = `${project}/app`;
    const image = await pushArtifact(harness, repository, {});
    await pushArtifact(harness, repository, { fields: subjectOf(image), tag: 'signed' });
    return `/v2/${repository}/manifests/${image.digest}`;
  };

  it('of retention and of immutable tags keep untagged artifacts, until they say so no more', async () => {
    const [retained, immutable] = ['gc-retained', 'gc-immutable'];
    const [retainedId, immutableId] = [await insertProject(harness, retained), await insertProject(harness, immutable)];
    const paths = [await pushUntagged(retained), await pushUntagged(immutable)];
    const rule = {
      template: 'always',
      action: 'retain',
      params: {},
      tag_selectors: [{ ...everyTag, extras: '{"untagged":true}' }],
      scope_selectors: everywhere,
    };
    const made = await send('POST', '/api/v2.0/retentions', {
      algorithm: 'or',
      rules: [rule],
      trigger: { kind: 'Schedule', settings: { cron: '' } },
      scope: { level: 'project', ref: retainedId },
    });
    expect(made.status, await made.clone().text()).toBe(201);
    const rules = `/api/v2.0/projects/${immutableId}/immutabletagrules`;
    const immutableRule = { template: 'immutable_template', tag_selectors: [everyTag], scope_selectors: everywhere };
    const fixed = await send('POST', rules, immutableRule);
    expect(fixed.status, await fixed.clone().text()).toBe(201);
    const parameters = { delete_untagged: true, time_window_hours: 0 };
    for (const dryRun of [true, false]) {
      const { brought } = await collect({ ...parameters, dry_run: dryRun });
      expect(brought).toMatchObject({ kept_artifacts: 2, untagged_artifacts: 0 });
    }
    for (const path of paths) expect((await harness.asAdmin('GET', path)).status).toBe(200);
    await harness.request('DELETE', made.headers.get('location') ?? '', { headers: asAdmin });
    await harness.request('DELETE', fixed.headers.get('location') ?? '', { headers: asAdmin });
    expect((await collect(parameters)).brought).toMatchObject({ kept_artifacts: 0, untagged_artifacts: 2 });
    // What an isolate remembers of digests.
    harness.clock.advance(11_000);
    for (const path of paths) expect((await harness.asAdmin('GET', path)).status).toBe(404);
  });

  it('of immutable tags let artifacts without a tag go, also where they exclude tags', async () => {
    const project = 'gc-excluding';
    const projectId = await insertProject(harness, project);
    const withSignature = await pushUntagged(project);
    const { digest } = await pushArtifact(harness, `${project}/app`, {});
    const made = await send('POST', `/api/v2.0/projects/${projectId}/immutabletagrules`, {
      template: 'immutable_template',
      tag_selectors: [{ ...everyTag, decoration: 'excludes', pattern: 'dev-*' }],
      scope_selectors: everywhere,
    });
    expect(made.status, await made.clone().text()).toBe(201);
    const parameters = { delete_untagged: true, time_window_hours: 0 };
    // The signature has a tag, and would go with what it is of.
    expect((await collect(parameters)).brought).toMatchObject({ kept_artifacts: 1, untagged_artifacts: 1 });
    harness.clock.advance(11_000);
    expect((await harness.asAdmin('GET', withSignature)).status).toBe(200);
    expect((await harness.asAdmin('GET', `/v2/${project}/app/manifests/${digest}`)).status).toBe(404);
    await harness.request('DELETE', made.headers.get('location') ?? '', { headers: asAdmin });
  });

  it('keep the untagged artifacts of a repository that gets another name as they are about to go', async () => {
    const repository = newRepository();
    const image = randomImage();
    await pushImage(harness, repository, image, 'v1');
    await pushImage(harness, repository, randomImage(), 'v1');
    const [project = '', name = ''] = repository.split('/');
    const id = (await harness.services.repositories.find(repositoryName(project, name)))?.id;
    // As somebody whose lease came after that of the run.
    beforeDeletion = () =>
      harness.env.DB.prepare(`update repositories set name = 'precious' where id = ?`)
        .bind(id ?? 0)
        .run();
    const { brought } = await collect({ delete_untagged: true, time_window_hours: 0 });
    expect(beforeDeletion).toBeUndefined();
    expect(brought).toMatchObject({ untagged_artifacts: 0 });
    expect(await pulls(`${project}/precious`, image)).toBe(200);
  });

  it('of a registry that is read-only let nothing be deleted', async () => {
    await pushBlob(harness, newRepository(), randomBytes(20));
    await harness.services.configuration.update({ read_only: true }, { username: 'admin', sourceAddress: undefined });
    const id = await harness.services.garbageCollection.start(
      { time_window_hours: 0 },
      { username: 'admin', sourceAddress: undefined },
    );
    await runDueJobs(harness);
    expect(await harness.services.garbageCollection.get(id)).toMatchObject({
      status: 'Error',
      statusMessage: 'the registry is read-only',
    });
    await harness.services.configuration.update({ read_only: false }, { username: 'admin', sourceAddress: undefined });
  });
});

describe('the history', () => {
  it('lists runs, the newest first, and filters by status', async () => {
    const { id } = await collect({});
    const runs = await read<Run[]>(`${GC}?page_size=1`);
    expect(runs).toMatchObject([{ id, job_name: 'GARBAGE_COLLECTION', schedule: { type: 'Manual' } }]);
    const stopped = await read<Run[]>(`${GC}?q=status=Stopped&page_size=100`);
    expect(stopped.every((run) => run.job_status === 'Stopped')).toBe(true);
  });

  it('has no run that is another', async () => {
    expect((await harness.request('GET', `${GC}/987654`, { headers: asAdmin })).status).toBe(404);
    expect((await harness.request('GET', `${GC}/987654/log`, { headers: asAdmin })).status).toBe(404);
    expect((await harness.request('PUT', `${GC}/987654`, { headers: asAdmin })).status).toBe(404);
  });
});

describe('the schedule', () => {
  it('is null until there is one, is replaced, runs by itself, and goes', async () => {
    await send('PUT', `${GC}/schedule`, { schedule: { type: 'None' } });
    expect(await read(`${GC}/schedule`)).toBeNull();
    const daily = { schedule: { type: 'Daily', cron: '' }, parameters: { delete_untagged: true, workers: 2 } };
    const made = await send('POST', `${GC}/schedule`, daily);
    expect([made.status, made.headers.get('location')]).toEqual([201, `${GC}/0`]);
    const hourly = { schedule: { type: 'Custom', cron: '0 30 * * * *' }, parameters: { time_window_hours: 5 } };
    expect((await send('PUT', `${GC}/schedule`, hourly)).status).toBe(200);
    const schedule = await read<Run & { schedule: object }>(`${GC}/schedule`);
    expect(schedule).toMatchObject({ job_kind: '0 30 * * * *', schedule: { type: 'Custom', cron: '0 30 * * * *' } });
    expect(JSON.parse(schedule.job_parameters)).toMatchObject({ time_window_hours: 5, workers: 1 });
    harness.clock.advance(2 * HOUR_MS);
    await harness.services.schedules.fireDue();
    await runDueJobs(harness);
    const [run] = await read<Run[]>(`${GC}?page_size=1`);
    expect(run).toMatchObject({ job_kind: 'SCHEDULE', job_status: 'Success' });
    await send('POST', `${GC}/schedule`, { schedule: { type: 'None' } });
    expect(await read(`${GC}/schedule`)).toBeNull();
  });

  it.each([
    [{ schedule: { type: 'Manual' }, parameters: { workers: 0 } }],
    [{ schedule: { type: 'Manual' }, parameters: { workers: 11 } }],
    [{ schedule: { type: 'Daily' }, parameters: { workers: 'many' } }],
    [{ schedule: { type: 'Manual' }, parameters: { time_window_hours: -1 } }],
    [{ schedule: { type: 'Manual' }, parameters: { time_window_hours: 1.5 } }],
    [{ schedule: { type: 'Manual' }, parameters: { dry_run: 'yes' } }],
    [{ schedule: { type: 'Custom', cron: '61 * * * * *' } }],
    [{ parameters: {} }],
  ])('refuses %j with 400', async (body) => {
    const response = await send('POST', `${GC}/schedule`, body);
    expect(response.status).toBe(400);
    expect((await errorOf(response)).code).toBe('BAD_REQUEST');
  });
});

describe('HEAD of a manifest', () => {
  it('answers whoever may push as it answers others', async () => {
    const repository = newRepository();
    const image = randomImage();
    await pushImage(harness, repository, image);
    const head = await harness.asAdmin('HEAD', `/v2/${repository}/manifests/${image.digest}`);
    expect(head.headers.get('docker-content-digest')).toBe(digestOf(image.manifest));
    const missing = `/v2/${repository}/manifests/sha256:${'0'.repeat(64)}`;
    expect((await harness.asAdmin('HEAD', missing)).status).toBe(404);
  });
});
