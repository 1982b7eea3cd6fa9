import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '#domain/events/event';
import { consume } from '#queues/consumer';
import { tick } from '#queues/tick';
import { createHarness, type Harness } from '#test/support/harness';
import { newRepository, pushImage, randomImage } from '#test/support/images';

/** A harness whose queue remembers what is sent and delivers nothing. */
function createQueueless() {
  const sent: DomainEvent[] = [];
  const harness = createHarness({}, async ({ binding, method, args }, invoke) => {
    if (binding !== 'EVENTS') return invoke();
    if (method === 'sendBatch') sent.push(...(args[0] as { body: DomainEvent }[]).map(({ body }) => body));
    return undefined;
  });
  return { harness, sent };
}

async function deliver({ services }: Harness, bodies: readonly unknown[], queue = 'roadstead-events') {
  const messages = bodies.map((body) => ({ id: crypto.randomUUID(), timestamp: new Date(0), attempts: 1, body }));
  const batch = createMessageBatch(queue, messages);
  await consume(batch, services);
  return getQueueResult(batch, createExecutionContext());
}

const outboxIds = async ({ env }: Harness) =>
  (await env.DB.prepare('select event_id from outbox').all<{ event_id: string }>()).results.map((row) => row.event_id);

async function pushed(harness: Harness) {
  const [repository, image] = [newRepository(), randomImage()];
  await pushImage(harness, repository, image, 'latest');
  return { repository, image };
}

describe('the consumer', () => {
  it('confirms an event, however often it comes', async () => {
    const { harness, sent } = createQueueless();
    const { repository, image } = await pushed(harness);
    const event = sent.find((each) => each.kind === 'artifact-pushed' && each.repository === repository);
    expect(event).toMatchObject({ digest: image.digest, tag: 'latest', actor: 'admin' });
    expect(await outboxIds(harness)).toContain(event?.id);
    for (let round = 0; round < 2; round++) expect((await deliver(harness, [event])).ackAll).toBe(true);
    expect(await outboxIds(harness)).not.toContain(event?.id);
  });

  it('counts pulls once, though their message comes twice', async () => {
    const { harness } = createQueueless();
    const { repository, image } = await pushed(harness);
    const { DB } = harness.env;
    const artifact = await DB.prepare('select id, repository_id from artifacts where digest = ?')
      .bind(image.digest)
      .first();
    const repositoryId = artifact?.['repository_id'] as number;
    const pull = { repository, repositoryId, digest: image.digest, count: 3, atMs: 5 };
    const event = {
      kind: 'artifacts-pulled',
      id: crypto.randomUUID(),
      pulls: [pull, { ...pull, tag: 'latest', atMs: 7 }],
    };
    await deliver(harness, [event, event]);
    await deliver(harness, [event]);
    expect(
      await DB.prepare('select pull_count from repositories where id = ?').bind(repositoryId).first('pull_count'),
    ).toBe(6);
    expect(
      await DB.prepare('select pulled_at_ms from artifacts where id = ?').bind(artifact?.['id']).first('pulled_at_ms'),
    ).toBe(7);
    expect(
      await DB.prepare('select pulled_at_ms from tags where artifact_id = ?')
        .bind(artifact?.['id'])
        .first('pulled_at_ms'),
    ).toBe(7);
    // A message that comes late tells of an earlier pull.
    await deliver(harness, [{ ...event, id: crypto.randomUUID(), pulls: [{ ...pull, tag: 'latest', atMs: 3 }] }]);
    const times = await DB.prepare(
      'select a.pulled_at_ms as artifact, t.pulled_at_ms as tag from artifacts a join tags t on t.artifact_id = a.id where a.id = ?',
    )
      .bind(artifact?.['id'])
      .first();
    expect(times).toEqual({ artifact: 7, tag: 7 });
  });

  it('writes who pulled what to the audit log, once, unless the settings keep pulls out of it', async () => {
    const { harness } = createQueueless();
    const { repository, image } = await pushed(harness);
    const { DB } = harness.env;
    const row = await DB.prepare(
      'select r.id, r.project_id from repositories r join artifacts a on a.repository_id = r.id where a.digest = ?',
    )
      .bind(image.digest)
      .first<{ id: number; project_id: number }>();
    const about = { repository, repositoryId: row?.id ?? 0, projectId: row?.project_id ?? 0, digest: image.digest };
    const pulls = [
      { ...about, tag: 'latest', count: 3, atMs: 7, username: 'ada', sourceAddress: '192.0.2.1' },
      { ...about, count: 1, atMs: 8, username: 'anonymous' },
      { ...about, count: 1, atMs: 9 },
    ];
    const event = { kind: 'artifacts-pulled', id: crypto.randomUUID(), pulls };
    const entries = async () =>
      (
        await DB.prepare(`select * from audit_log where operation = 'pull' and resource like ? order by at_ms`)
          .bind(`${repository}%`)
          .all()
      ).results;
    await deliver(harness, [event, event]);
    await deliver(harness, [event]);
    expect(await entries()).toMatchObject([
      {
        project_id: about.projectId,
        resource_type: 'artifact',
        resource: `${repository}:latest`,
        username: 'ada',
        source_address: '192.0.2.1',
        description: `pull artifact: ${repository}@${image.digest} (3 times)`,
        is_success: 1,
        at_ms: 7,
      },
      {
        resource: `${repository}@${image.digest}`,
        username: 'anonymous',
        source_address: null,
        description: `pull artifact: ${repository}@${image.digest}`,
      },
    ]);
    await DB.prepare(`insert into hidden_audit_events values ('pull_artifact')`).run();
    await deliver(harness, [{ ...event, id: crypto.randomUUID() }]);
    await DB.prepare('delete from hidden_audit_events').run();
    expect(await entries()).toHaveLength(2);
  });

  it('gathers the pulls of two seconds into one message', async () => {
    const { harness, sent } = createQueueless();
    const { repository, image } = await pushed(harness);
    for (const reference of ['latest', 'latest', image.digest]) {
      await harness.asAdmin('GET', `/v2/${repository}/manifests/${reference}`);
    }
    await harness.asAdmin('HEAD', `/v2/${repository}/manifests/latest`);
    await expect
      .poll(() => sent.filter(({ kind }) => kind === 'artifacts-pulled'), { timeout: 10_000 })
      .toHaveLength(1);
    expect(sent.at(-1)).toMatchObject({
      pulls: [
        { repository, tag: 'latest', count: 2, username: 'admin', projectId: expect.any(Number) },
        { repository, count: 1 },
      ],
    });
  });

  it('keeps a message nobody understands, and one that no retry could deliver, where an operator finds them', async () => {
    const { harness } = createQueueless();
    const letters = async (queue: string) =>
      (await harness.env.DB.prepare('select body from dead_letters where queue = ?').bind(queue).all()).results;
    await deliver(harness, [{ kind: 'nonsense' }]);
    expect(await letters('roadstead-events')).toEqual([{ body: '{"kind":"nonsense"}' }]);
    await deliver(harness, [{ kind: 'artifact-pushed' }], 'roadstead-events-dead');
    expect(await letters('roadstead-events-dead')).toEqual([{ body: '{"kind":"artifact-pushed"}' }]);
  });

  it('keeps such a message for 30 days', async () => {
    const { harness } = createQueueless();
    const bury = () => harness.services.events.bury(crypto.randomUUID(), 'forgotten', {});
    const count = () =>
      harness.env.DB.prepare(`select count(*) n from dead_letters where queue = 'forgotten'`).first('n');
    await bury();
    harness.clock.advance(30 * 24 * 3_600_000 - 1_000);
    await bury();
    await harness.services.events.forgetBuried();
    expect(await count()).toBe(2);
    harness.clock.advance(2_000);
    await harness.services.events.forgetBuried();
    expect(await count()).toBe(1);
  });
});

describe('the tick', () => {
  it('sends again what no consumer has confirmed, later each time', async () => {
    const { harness, sent } = createQueueless();
    const { repository } = await pushed(harness);
    const sendings = () => sent.filter((event) => event.kind === 'artifact-pushed' && event.repository === repository);
    await tick(harness.services);
    expect(sendings()).toHaveLength(1);
    harness.clock.advance(60_001);
    await tick(harness.services);
    await tick(harness.services);
    expect(sendings()).toHaveLength(2);
    harness.clock.advance(60_001);
    await tick(harness.services);
    expect(sendings()).toHaveLength(2);
    harness.clock.advance(60_001);
    await tick(harness.services);
    expect(sendings()).toHaveLength(3);
  });

  it('goes on with the rest when one part fails', async () => {
    const { harness, sent } = createQueueless();
    await pushed(harness);
    harness.clock.advance(60_001);
    const broken = { ...harness.services, orphans: { sweep: () => Promise.reject(new Error('broken')) } };
    const before = sent.length;
    await tick(broken as unknown as typeof harness.services);
    expect(sent.length).toBeGreaterThan(before);
  });
});
