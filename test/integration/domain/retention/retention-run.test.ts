import { beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import { MEDIA_TYPES } from '#core/media-types';
import { type RepositoryName, repositoryName } from '#core/reference';
import type { Task } from '#domain/jobs/task';
import type { WirePolicy } from '#domain/retention/read-retention';
import type { RetentionPolicy } from '#domain/retention/retention-policy';
import { edgeLimits } from '#test/support/edge-limits';
import type { Harness } from '#test/support/harness';
import { descriptor, jsonBytes, pushImage, putManifest, randomImage } from '#test/support/images';
import { createJobHarness, runDueJobs } from '#test/support/jobs';
import { ACTOR, insertRepository, type Row, tagsOf, wirePolicy, wireRule } from '#test/support/retention';
import { insertProject } from '#test/support/server';

const DAY_MS = 24 * 60 * 60_000;
const harness = createJobHarness();
const { retention } = harness.services;
const PAGE = { limit: 100, offset: 0 };
let projects = 0;

/** A consumer that has no time left after a slice. */
const slow: Harness = createJobHarness(async (call, invoke) => {
  const answer = await edgeLimits(call, invoke);
  if (call.binding === 'DB' && call.method === 'batch') slow.clock.advance(11_000);
  return answer;
});
/** Longer than the leases that it leaves behind. */
const LATER_MS = 60 * 60_000;

async function newProject(server: Harness = harness): Promise<{ id: number; name: string }> {
  const name = `retained-${++projects}`;
  return { name, id: await insertProject(server, name) };
}

async function newPolicy(projectId: number, policy: WirePolicy): Promise<RetentionPolicy> {
  const found = await retention.find(await retention.create(projectId, policy, ACTOR));
  if (!found) throw new Error('no policy was made');
  return found;
}

const digest = (name: string) => digestOf(new TextEncoder().encode(name));

/** Rows `<prefix>1`, … of artifacts, each pushed a minute after the one before, long ago. */
function rows(count: number, prefix = 'v'): Row[] {
  return Array.from({ length: count }, (_, index) => ({
    digest: digest(`${prefix}${index + 1}-${projects}`),
    tags: [`${prefix}${index + 1}`],
    pushedAtMs: 1_700_000_000_000 + index * 60_000,
  }));
}

/** Runs a policy to its end; answers the execution and its tasks. */
async function run(policy: RetentionPolicy, isDryRun = false) {
  const id = await retention.run(policy, isDryRun, ACTOR);
  await runDueJobs(harness);
  const execution = await retention.getRun(policy, id);
  const { items: tasks } = await retention.listTasks(execution, PAGE);
  return { execution, tasks };
}

async function logOf(task: Task | undefined): Promise<string> {
  let text = '';
  if (task) for await (const piece of harness.services.jobs.readLog(task.id)) text += piece;
  return text;
}

/** The verdicts of a log's table, by the tags of the line. */
function verdictsOf(log: string): Readonly<Record<string, string>> {
  const lines = log.split('\n').filter((line) => line.startsWith('| sha'));
  return Object.fromEntries(
    lines.map((line) => line.split('|').map((cell) => cell.trim())).map((cells) => [cells[2], cells[8]]),
  );
}

describe('a run', () => {
  it('deletes what no rule keeps, and tells of each artifact', async () => {
    const { id, name } = await newProject();
    const repository = await insertRepository(harness, id, 'app', rows(5));
    const policy = await newPolicy(id, wirePolicy(wireRule('latestPushedK', 2)));
    const { execution, tasks } = await run(policy);
    expect(execution).toMatchObject({ status: 'Success', trigger: 'MANUAL', operator: 'admin' });
    expect(tasks.map(({ status, results, parameters }) => [parameters['repository'], status, results])).toEqual([
      ['app', 'Success', { total: 5, retained: 2 }],
    ]);
    expect(await tagsOf(harness, repository)).toEqual(['v4', 'v5']);
    const log = await logOf(tasks[0]);
    expect(log).toContain(`Run retention process. Repository: ${name}/app, Rule Algorithm: or, Dry Run: false`);
    expect(log).toContain('| Digest | Tag | Kind | Labels | PushedTime | PulledTime | CreatedTime | Retention |');
    expect(log).toMatch(
      /\| sha256:\S+ \| v1 \| image \| {2}\| 2023\/11\/14 22:13:20 \| {2}\| 2023\/11\/14 22:13:20 \| DEL \|/,
    );
    expect(log).toContain('5 artifacts: RETAIN 2, DEL 3, IMMUTABLE 0, ERR 0');
    expect(verdictsOf(log)).toEqual({ v1: 'DEL', v2: 'DEL', v3: 'DEL', v4: 'RETAIN', v5: 'RETAIN' });
  });

  it('that is dry tells the same and deletes nothing', async () => {
    const { id } = await newProject();
    const repository = await insertRepository(harness, id, 'app', rows(5));
    const policy = await newPolicy(id, wirePolicy(wireRule('latestPushedK', 2)));
    const dry = await run(policy, true);
    expect(dry.execution.parameters).toMatchObject({ dry_run: true });
    expect(dry.tasks[0]?.results).toEqual({ total: 5, retained: 2 });
    expect(await tagsOf(harness, repository)).toHaveLength(5);
    const wet = await run(policy);
    expect(wet.tasks[0]?.results).toEqual(dry.tasks[0]?.results);
    expect(verdictsOf(await logOf(wet.tasks[0]))).toEqual(verdictsOf(await logOf(dry.tasks[0])));
  });

  it('leaves an audit row, events and the way back of each deletion', async () => {
    const { id, name } = await newProject();
    const image = randomImage();
    for (const tag of ['old', 'older']) await pushImage(harness, `${name}/app`, image, tag);
    harness.clock.advance(60_000);
    await pushImage(harness, `${name}/app`, randomImage(), 'new');
    harness.clock.advance(60_000);
    const policy = await newPolicy(id, wirePolicy(wireRule('latestPushedK', 1)));
    await run(policy);
    const audit = await harness.env.DB.prepare(
      `select operation, resource_type, username, is_success from audit_log where resource = ?`,
    )
      .bind(`${name}/app@${image.digest}`)
      .all();
    expect(audit.results).toEqual([
      { operation: 'delete', resource_type: 'artifact', username: 'harbor-jobservice', is_success: 1 },
    ]);
    const outbox = await harness.env.DB.prepare(
      `select body from outbox where body ->> '$.repository' = ? and body ->> '$.kind' in ('artifact-deleted', 'retention-finished')
       order by body ->> '$.kind'`,
    )
      .bind(`${name}/app`)
      .all<{ body: string }>();
    const events = outbox.results.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(events).toMatchObject([
      { kind: 'artifact-deleted', digest: image.digest, actor: 'harbor-jobservice' },
      {
        kind: 'retention-finished',
        actor: 'admin',
        projectId: id,
        policyId: policy.id,
        total: 2,
        retained: 1,
        deletedCount: 1,
        deleted: [{ digest: image.digest, tag: 'old' }],
      },
    ]);
    const repository = repositoryName(name, 'app') as RepositoryName;
    const restored = await harness.services.trash.restoreArtifact(repository, image.digest, ACTOR);
    expect(restored.tags.toSorted()).toEqual(['old', 'older']);
    expect((await harness.asAdmin('GET', `/v2/${name}/app/manifests/old`)).status).toBe(200);
  });

  it('has a task for each repository that a rule is about, and leaves the others alone', async () => {
    const { id } = await newProject();
    const made = new Map<string, number>();
    for (const name of ['team/a', 'team/b', 'other']) {
      made.set(name, await insertRepository(harness, id, name, rows(3, name.at(-1))));
    }
    const scope = { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: 'team/**' }] };
    const disabled = wireRule('latestPushedK', 1, { disabled: true });
    const policy = await newPolicy(id, wirePolicy(wireRule('latestPushedK', 1, { scopeSelectors: scope }), disabled));
    const { tasks } = await run(policy);
    expect(tasks.map(({ parameters }) => parameters['repository'])).toEqual(['team/a', 'team/b']);
    expect(await tagsOf(harness, made.get('team/a') ?? 0)).toEqual(['a3']);
    expect(await tagsOf(harness, made.get('other') ?? 0)).toHaveLength(3);
  });

  it('without a repository, or without a rule, is a success', async () => {
    const { id } = await newProject();
    const policy = await newPolicy(id, wirePolicy());
    await insertRepository(harness, id, 'app', rows(1));
    const { execution, tasks } = await run(policy);
    expect([execution.status, tasks]).toEqual(['Success', []]);
  });

  it('keeps or takes artifacts without tags as the rule says', async () => {
    const { id } = await newProject();
    const untagged = { digest: digest(`untagged-${id}`), pushedAtMs: 1_700_000_000_000 };
    const repository = await insertRepository(harness, id, 'app', [...rows(1), untagged]);
    const count = async () =>
      await harness.env.DB.prepare('select count(*) n from artifacts where repository_id = ?')
        .bind(repository)
        .first('n');
    const policy = await newPolicy(id, wirePolicy(wireRule('always', undefined)));
    expect((await run(policy)).tasks[0]?.results).toEqual({ total: 2, retained: 2 });
    const selector = { kind: 'doublestar', decoration: 'matches', pattern: '**', extras: '{"untagged":false}' };
    await retention.update(policy, wirePolicy(wireRule('always', undefined, { tagSelectors: [selector] })), ACTOR);
    const changed = await retention.find(policy.id);
    expect((await run(changed ?? policy)).tasks[0]?.results).toEqual({ total: 2, retained: 1 });
    expect(await count()).toBe(1);
  });

  it('goes by pulls', async () => {
    const { id } = await newProject();
    const [first, second, third] = rows(3);
    if (!first || !second || !third) throw new Error('three');
    const pulled = { ...first, pulledAtMs: harness.clock.nowMs() - DAY_MS };
    const repository = await insertRepository(harness, id, 'app', [pulled, second, third]);
    await harness.env.DB.prepare('update tags set pulled_at_ms = ? where repository_id = ? and name = ?')
      .bind(harness.clock.nowMs() - 3 * DAY_MS, repository, 'v2')
      .run();
    await run(await newPolicy(id, wirePolicy(wireRule('nDaysSinceLastPull', 5))));
    expect(await tagsOf(harness, repository)).toEqual(['v1', 'v2']);
  });
});

describe('artifacts that belong together', () => {
  async function pushIndex(
    repository: string,
    tag: string | undefined,
    children: readonly ReturnType<typeof randomImage>[],
  ) {
    const manifest = jsonBytes({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociIndex,
      manifests: children.map((child) => descriptor(child.manifest, child.mediaType)),
      annotations: { nonce: crypto.randomUUID() },
    });
    await putManifest(harness, repository, tag ?? digestOf(manifest), manifest, MEDIA_TYPES.ociIndex);
    return digestOf(manifest);
  }

  it('go together: an index with its children, tagged or not; and stay where an index that stays needs them', async () => {
    const { id, name } = await newProject();
    const images = Array.from({ length: 6 }, () => randomImage());
    for (const [index, image] of images.entries()) {
      await pushImage(harness, `${name}/app`, image, index % 2 === 0 ? `old-child-${index}` : undefined);
    }
    const [a, b, c, d, e, f] = images;
    if (!a || !b || !c || !d || !e || !f) throw new Error('six');
    await pushIndex(`${name}/app`, 'old-index', [a, b]);
    await pushIndex(`${name}/app`, 'old-other', [c, d]);
    await pushIndex(`${name}/app`, 'keep', [c, e]);
    harness.clock.advance(60_000);
    const keep = { kind: 'doublestar', decoration: 'matches', pattern: 'keep', extras: '{"untagged":false}' };
    const policy = await newPolicy(id, wirePolicy(wireRule('always', undefined, { tagSelectors: [keep] })));
    const dry = await run(policy, true);
    const expected = {
      'old-child-0': 'DEL',
      'old-child-2': 'ERR',
      'old-child-4': 'ERR',
      'old-index': 'DEL',
      'old-other': 'DEL',
      keep: 'RETAIN',
    };
    // f has no tag, and no index: the rule does not choose it.
    expect(verdictsOf(await logOf(dry.tasks[0]))).toEqual({ ...expected, '': 'DEL' });
    const wet = await run(policy);
    expect(wet.tasks[0]?.results).toEqual(dry.tasks[0]?.results);
    expect(wet.tasks[0]?.results).toEqual({ total: 7, retained: 3 });
    expect(await logOf(wet.tasks[0])).toContain('an index that stays points at it');
    const left = await harness.env.DB.prepare(
      `select a.digest from artifacts a join repositories r on r.id = a.repository_id where r.project_id = ? order by a.digest`,
    )
      .bind(id)
      .all<{ digest: string }>();
    const kept = await harness.env.DB.prepare(
      `select a.digest from tags t join artifacts a on a.id = t.artifact_id join repositories r on r.id = t.repository_id
         where r.project_id = ? and t.name = 'keep'`,
    )
      .bind(id)
      .first<{ digest: string }>();
    expect(left.results.map((row) => row.digest)).toEqual([c.digest, e.digest, kept?.digest].sort());
  });

  it('are found over indexes of indexes', async () => {
    const { id, name } = await newProject();
    const [image] = [randomImage()];
    await pushImage(harness, `${name}/app`, image, 'tagged-leaf');
    const inner = await pushIndex(`${name}/app`, undefined, [image]);
    const bytes = await (await harness.asAdmin('GET', `/v2/${name}/app/manifests/${inner}`)).arrayBuffer();
    const outer = jsonBytes({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociIndex,
      manifests: [descriptor(new Uint8Array(bytes), MEDIA_TYPES.ociIndex)],
    });
    await putManifest(harness, `${name}/app`, 'outer', outer, MEDIA_TYPES.ociIndex);
    harness.clock.advance(60_000);
    const none = { kind: 'doublestar', decoration: 'matches', pattern: 'none', extras: '{"untagged":false}' };
    const policy = await newPolicy(id, wirePolicy(wireRule('always', undefined, { tagSelectors: [none] })));
    const dry = await run(policy, true);
    expect(verdictsOf(await logOf(dry.tasks[0]))).toEqual({ 'tagged-leaf': 'DEL', outer: 'DEL' });
    expect((await run(policy)).tasks[0]?.results).toEqual({ total: 2, retained: 0 });
  });

  it('go together: an image with what is attached to it', async () => {
    const { id, name } = await newProject();
    const image = randomImage();
    await pushImage(harness, `${name}/app`, image, 'signed');
    const subject = descriptor(image.manifest, image.mediaType);
    const sbom = randomImage({ extra: { subject, artifactType: 'application/vnd.dev.cosign.artifact.sbom.v1+json' } });
    await pushImage(harness, `${name}/app`, sbom);
    harness.clock.advance(60_000);
    await pushImage(harness, `${name}/app`, randomImage(), 'new');
    harness.clock.advance(60_000);
    const policy = await newPolicy(id, wirePolicy(wireRule('latestPushedK', 1)));
    expect((await run(policy)).tasks[0]?.results).toEqual({ total: 2, retained: 1 });
    const trash = await harness.services.trash.list(repositoryName(name, 'app'), PAGE);
    expect(trash.items.map((item) => item.digest).sort()).toEqual([image.digest, sbom.digest].sort());
    const back = await harness.services.trash.restoreArtifact(repositoryName(name, 'app'), image.digest, ACTOR);
    expect(back.digests.toSorted()).toEqual([image.digest, sbom.digest].sort());
  });
});

/** A server where something may happen between the look at artifacts and the batch that deletes them. */
function interruptedServer() {
  let waiting: (() => Promise<unknown>) | undefined;
  const server = createJobHarness(async (call, invoke) => {
    const isDeletion =
      call.binding === 'DB' && call.method === 'batch' && JSON.stringify(call.args).includes('artifact_trash');
    if (isDeletion && waiting) {
      const deed = waiting;
      waiting = undefined;
      await deed();
    }
    return edgeLimits(call, invoke);
  });
  const beforeDeletion = (deed: () => Promise<unknown>) => {
    const state = { isDone: false };
    waiting = async () => {
      state.isDone = true;
      await deed();
    };
    return state;
  };
  return { server, beforeDeletion };
}

describe('what happens meanwhile', () => {
  it('keeps what was pushed after the run began, and what a pull has made worth keeping', async () => {
    const { id } = await newProject();
    const repository = await insertRepository(harness, id, 'app', rows(4));
    const policy = await newPolicy(id, wirePolicy(wireRule('nDaysSinceLastPull', 5)));
    const runId = await begin(policy);
    const { id: taskId } = await taskIn(policy, runId);
    let state: Task['cursor'];
    while (state?.['phase'] !== 'delete') {
      await step(taskId);
      state = (await taskIn(policy, runId)).cursor;
    }
    const set = (column: string, atMs: number, name: string) =>
      harness.env.DB.prepare(`update tags set ${column} = ? where repository_id = ? and name = ?`)
        .bind(atMs, repository, name)
        .run();
    await set('pulled_at_ms', harness.clock.nowMs(), 'v1');
    await set('pushed_at_ms', Number(state['startedAtMs']), 'v2');
    harness.clock.advance(LATER_MS);
    await runDueJobs(harness);
    expect(await tagsOf(harness, repository)).toEqual(['v1', 'v2']);
    expect((await taskIn(policy, runId)).results).toEqual({ total: 4, retained: 2 });
  });

  it('is seen in the batch itself: an artifact that is pulled as it is about to go stays', async () => {
    const { server, beforeDeletion } = interruptedServer();
    const { id } = await newProject(server);
    const repository = await insertRepository(server, id, 'app', rows(3));
    const policy = await newPolicy(id, wirePolicy(wireRule('nDaysSinceLastPull', 5)));
    const runId = await server.services.retention.run(policy, false, ACTOR);
    const pulled = beforeDeletion(() =>
      harness.env.DB.prepare(`update tags set pulled_at_ms = ? where repository_id = ? and name = 'v2'`)
        .bind(server.clock.nowMs(), repository)
        .run(),
    );
    await runDueJobs(server);
    expect(pulled.isDone).toBe(true);
    expect(await tagsOf(server, repository)).toEqual(['v2']);
    expect((await taskIn(policy, runId)).results).toEqual({ total: 3, retained: 1 });
  });

  it('is seen in the batch itself: a repository that gets another name keeps what was to go by the old one', async () => {
    const { server, beforeDeletion } = interruptedServer();
    const { id } = await newProject(server);
    const repository = await insertRepository(server, id, 'app', rows(3));
    const policy = await newPolicy(id, wirePolicy(wireRule('latestPushedK', 1)));
    await server.services.retention.run(policy, false, ACTOR);
    const renamed = beforeDeletion(() =>
      harness.env.DB.prepare(`update repositories set name = 'precious' where id = ?`).bind(repository).run(),
    );
    await runDueJobs(server);
    expect(renamed.isDone).toBe(true);
    expect(await tagsOf(server, repository)).toHaveLength(3);
  });

  it('does not matter to a slice that is run twice', async () => {
    const { id } = await newProject();
    const repository = await insertRepository(harness, id, 'app', rows(3));
    const policy = await newPolicy(id, wirePolicy(wireRule('latestPushedK', 1)));
    const task = await taskIn(policy, await begin(policy));
    harness.clock.advance(LATER_MS);
    await Promise.all([1, 2, 3].map(() => harness.services.jobRunner.run({ taskId: task.id })));
    await runDueJobs(harness);
    expect(await tagsOf(harness, repository)).toEqual(['v3']);
    const deletions = await harness.env.DB.prepare(
      `select count(*) n from audit_log where operation = 'delete' and resource_type = 'artifact' and project_id = ?`,
    )
      .bind(id)
      .first('n');
    expect(deletions).toBe(2);
  });

  it('ends the work on a repository that has gone elsewhere', async () => {
    const { id } = await newProject();
    const moved = await insertRepository(harness, id, 'moved', rows(3, 'm'));
    const gone = await insertRepository(harness, id, 'gone', rows(3, 'g'));
    const policy = await newPolicy(id, wirePolicy(wireRule('latestPushedK', 1)));
    const runId = await begin(policy);
    await harness.env.DB.prepare(`update repositories set name = 'renamed' where id = ?`).bind(moved).run();
    await harness.env.DB.prepare(`update repositories set project_id = 1 where id = ?`).bind(gone).run();
    harness.clock.advance(LATER_MS);
    await runDueJobs(harness);
    const { items } = await retention.listTasks(await retention.getRun(policy, runId), PAGE);
    expect(items.map(({ status }) => status)).toEqual(['Success', 'Success']);
    const logs = await Promise.all(items.map(logOf));
    expect(logs.join()).toContain('the repository has another name now');
    expect(logs.join()).toContain('the repository is in another project now');
    expect(await tagsOf(harness, moved)).toHaveLength(3);
    expect(await tagsOf(harness, gone)).toHaveLength(3);
  });

  it('stops a run, and a policy that is deleted takes its runs with it', async () => {
    const { id } = await newProject();
    const repository = await insertRepository(harness, id, 'app', rows(3));
    const policy = await newPolicy(id, wirePolicy(wireRule('latestPushedK', 1)));
    const stopped = await retention.run(policy, false, ACTOR);
    await retention.stop(policy, await retention.getRun(policy, stopped), ACTOR);
    await runDueJobs(harness);
    expect((await retention.getRun(policy, stopped)).status).toBe('Stopped');
    expect(await tagsOf(harness, repository)).toHaveLength(3);
    await retention.run(policy, false, ACTOR);
    await retention.delete(policy, ACTOR);
    await runDueJobs(harness);
    expect(await tagsOf(harness, repository)).toHaveLength(3);
    const left = await harness.env.DB.prepare(
      `select count(*) n from executions where vendor_type = 'RETENTION' and vendor_id = ?`,
    )
      .bind(policy.id)
      .first('n');
    expect(left).toBe(0);
  });

  it('does not delete while the registry is read-only', async () => {
    const { id } = await newProject();
    const repository = await insertRepository(harness, id, 'app', rows(3));
    const policy = await newPolicy(id, wirePolicy(wireRule('latestPushedK', 1)));
    await harness.services.configuration.update({ read_only: true }, ACTOR);
    const refused = await run(policy);
    const dry = await run(policy, true);
    await harness.services.configuration.update({ read_only: false }, ACTOR);
    expect([refused.execution.status, refused.execution.statusMessage]).toEqual(['Error', 'the registry is read-only']);
    expect([dry.execution.status, dry.tasks[0]?.results]).toEqual(['Success', { total: 3, retained: 1 }]);
    expect(await tagsOf(harness, repository)).toHaveLength(3);
  });
});

describe('immutable tags', () => {
  const draft = (pattern: string) => ({
    action: 'immutable',
    template: 'immutable_template',
    isDisabled: false,
    scopeSelectors: { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }] },
    tagSelectors: [{ kind: 'doublestar', decoration: 'matches', pattern }],
  });
  async function protect(projectId: number, pattern: string): Promise<void> {
    const project = await harness.services.projects.find(projectId);
    if (project) await harness.services.immutableRules.create(project, draft(pattern), ACTOR);
  }

  it('keep their artifacts, which are told of as such', async () => {
    const { id } = await newProject();
    const [first, ...others] = rows(4);
    if (!first) throw new Error('four');
    const repository = await insertRepository(harness, id, 'app', [{ ...first, tags: ['v1', 'release'] }, ...others]);
    await protect(id, 'release');
    const policy = await newPolicy(id, wirePolicy(wireRule('latestPushedK', 1)));
    const dry = await run(policy, true);
    const { tasks } = await run(policy);
    expect(tasks[0]?.results).toEqual({ total: 4, retained: 2 });
    expect(dry.tasks[0]?.results).toEqual(tasks[0]?.results);
    expect(verdictsOf(await logOf(tasks[0]))).toEqual({
      'release,v1': 'IMMUTABLE',
      v2: 'DEL',
      v3: 'DEL',
      v4: 'RETAIN',
    });
    expect(await tagsOf(harness, repository)).toEqual(['release', 'v1', 'v4']);
  });

  it('keep the artifact that they would go with', async () => {
    const { id, name } = await newProject();
    const image = randomImage();
    await pushImage(harness, `${name}/app`, image, 'signed');
    const subject = descriptor(image.manifest, image.mediaType);
    const signature = randomImage({
      extra: { subject, artifactType: 'application/vnd.dev.cosign.artifact.sig.v1+json' },
    });
    await pushImage(harness, `${name}/app`, signature, 'the-signature');
    await protect(id, 'the-*');
    harness.clock.advance(60_000);
    await pushImage(harness, `${name}/app`, randomImage(), 'new');
    harness.clock.advance(60_000);
    const policy = await newPolicy(id, wirePolicy(wireRule('latestPushedK', 1)));
    const dry = await run(policy, true);
    const { tasks } = await run(policy);
    expect(verdictsOf(await logOf(tasks[0]))).toEqual({ signed: 'IMMUTABLE', new: 'RETAIN' });
    expect([dry.tasks[0]?.results, tasks[0]?.results]).toEqual(Array(2).fill({ total: 2, retained: 2 }));
    expect((await harness.asAdmin('GET', `/v2/${name}/app/manifests/signed`)).status).toBe(200);
  });

  it('count from the moment that their rule is there', async () => {
    const { id } = await newProject();
    const repository = await insertRepository(harness, id, 'app', rows(3));
    const policy = await newPolicy(id, wirePolicy(wireRule('latestPushedK', 1)));
    const task = await taskIn(policy, await begin(policy));
    let phase: unknown;
    while (phase !== 'delete') {
      await step(task.id);
      phase = (await harness.services.jobs.getTask(task.executionId, task.id)).cursor?.['phase'];
    }
    await protect(id, 'v2');
    harness.clock.advance(LATER_MS);
    await runDueJobs(harness);
    expect(await tagsOf(harness, repository)).toEqual(['v2', 'v3']);
  });
});

describe('a large repository', () => {
  it('is gone through in slices', async () => {
    const { id } = await newProject();
    const repository = await insertRepository(harness, id, 'app', rows(1_203));
    const rules = [wireRule('latestPushedK', 700), wireRule('latestPulledN', 1), wireRule('latestActiveK', 900)];
    const policy = await newPolicy(id, wirePolicy(...rules));
    const { tasks } = await run(policy);
    expect(tasks[0]?.results).toEqual({ total: 1_203, retained: 900 });
    expect(await tagsOf(harness, repository)).toHaveLength(900);
    expect(Object.values(verdictsOf(await logOf(tasks[0]))).filter((verdict) => verdict === 'DEL')).toHaveLength(303);
  });

  it('may have more tags on one artifact than are read at once', async () => {
    const { id } = await newProject();
    const tags = Array.from({ length: 5_500 }, (_, index) => `t${String(index).padStart(5, '0')}`);
    const many = { digest: digest(`many-${id}`), tags, pushedAtMs: 1_700_000_000_000 };
    const repository = await insertRepository(harness, id, 'app', [many, ...rows(2)]);
    const last = { kind: 'doublestar', decoration: 'matches', pattern: 't05499', extras: '{"untagged":false}' };
    const policy = await newPolicy(id, wirePolicy(wireRule('always', undefined, { tagSelectors: [last] })));
    const { tasks } = await run(policy);
    expect(tasks[0]?.results).toEqual({ total: 3, retained: 1 });
    expect(await tagsOf(harness, repository)).toHaveLength(5_500);
    expect(await logOf(tasks[0])).toContain('| t00000,t00001,t00002 and 5497 more | image |');
  });
});

describe('the default policy', () => {
  let own: { id: number; name: string };
  let none: { id: number; name: string };

  beforeAll(async () => {
    own = await newProject();
    none = await newProject();
  });

  it('is for the projects that have none', async () => {
    const kept = await insertRepository(harness, own.id, 'default-app', rows(3, 'own'));
    const cut = await insertRepository(harness, none.id, 'default-app', rows(3, 'none'));
    await newPolicy(own.id, wirePolicy());
    const scope = { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: 'default-*' }] };
    await retention.putDefault(wirePolicy(wireRule('latestPushedK', 1, { scopeSelectors: scope })), ACTOR);
    const policy = await retention.findDefault();
    if (!policy) throw new Error('no default policy');
    const { tasks, execution } = await run(policy);
    expect(execution.status).toBe('Success');
    expect(tasks.map(({ parameters }) => parameters['projectId'])).toEqual([none.id]);
    expect(await tagsOf(harness, kept)).toHaveLength(3);
    expect(await tagsOf(harness, cut)).toEqual(['none3']);
  });

  it('runs by its schedule, and leaves a project that got a policy of its own meanwhile', async () => {
    const late = await newProject();
    const repository = await insertRepository(harness, late.id, 'default-late', rows(3, 'late'));
    const scope = { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: 'default-late' }] };
    const policy = wirePolicy(wireRule('latestPushedK', 1, { scopeSelectors: scope }));
    await retention.putDefault({ ...policy, cron: '0 0 3 * * *' }, ACTOR);
    const found = await retention.findDefault();
    harness.clock.advance(2 * DAY_MS);
    await harness.services.schedules.fireDue();
    await harness.services.schedules.fireDue();
    const { items } = await retention.listRuns(found as RetentionPolicy, PAGE);
    const [planned, ...others] = items.filter(({ trigger }) => trigger === 'SCHEDULE');
    expect(others).toEqual([]);
    const query = harness.env.DB.prepare('select id from tasks where execution_id = ?').bind(planned?.id);
    await step((await query.first<number>('id')) ?? 0);
    await newPolicy(late.id, wirePolicy());
    harness.clock.advance(LATER_MS);
    await runDueJobs(harness);
    expect(await tagsOf(harness, repository)).toHaveLength(3);
    await retention.delete(found as RetentionPolicy, ACTOR);
  });

  it('tells whoever cleans up untagged artifacts which it would keep', async () => {
    const { id } = await newProject();
    const artifact = { nameInProject: 'app', pushedAtMs: 0, pulledAtMs: undefined };
    expect((await retention.untaggedKeeper(id))(artifact)).toBe(false);
    await retention.putDefault(wirePolicy(wireRule('always', undefined)), ACTOR);
    expect((await retention.untaggedKeeper(id))(artifact)).toBe(true);
    await newPolicy(id, wirePolicy());
    expect((await retention.untaggedKeeper(id))(artifact)).toBe(false);
    const policy = await retention.findDefault();
    if (policy) await retention.delete(policy, ACTOR);
  });
});

/** Runs one slice of a task. */
async function step(taskId: number): Promise<void> {
  slow.clock.advance(Math.max(harness.clock.nowMs() - slow.clock.nowMs(), 0));
  const query = harness.env.DB.prepare('select revision from tasks where id = ?').bind(taskId);
  await slow.services.jobRunner.run({ taskId, revision: (await query.first<number>('revision')) ?? 0 });
}

/** Begins a run, and plans it; answers the execution's id. */
async function begin(policy: RetentionPolicy): Promise<number> {
  const id = await retention.run(policy, false, ACTOR);
  const query = harness.env.DB.prepare('select id from tasks where execution_id = ?').bind(id);
  await step((await query.first<number>('id')) ?? 0);
  return id;
}

async function taskIn(policy: RetentionPolicy, runId: number): Promise<Task> {
  const { items } = await retention.listTasks(await retention.getRun(policy, runId), PAGE);
  if (!items[0]) throw new Error('no task');
  return items[0];
}
