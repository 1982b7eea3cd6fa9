import { beforeEach, describe, expect, it } from 'vitest';
import { type DomainEvent, domainEventSchema } from '#domain/events/event';
import { createHarness, type Harness } from '#test/support/harness';
import { insertProject, testEnv } from '#test/support/server';

const DAY_MS = 24 * 3_600_000;
const ACTOR = { username: 'admin', sourceAddress: undefined };
let harness: Harness;
let sent: DomainEvent[];

/** Made now, for so many days. */
async function makeRobot(name: string, durationDays: number, projectId?: number) {
  const creation = { name, description: '', projectId, secret: undefined, durationDays, isDisabled: false };
  const { robot } = await harness.services.robots.create(
    { ...creation, creator: { type: 'local', id: 1 }, permissions: [] },
    ACTOR,
  );
  return robot;
}

const recorded = async () =>
  (
    await testEnv.DB.prepare(`select body from outbox order by body ->> '$.expiresAtMs'`).all<{ body: string }>()
  ).results
    .map(({ body }) => domainEventSchema.parse(JSON.parse(body)))
    .filter((event) => event.kind === 'robot-expiring');

const announce = () => harness.services.robotExpiry.announce();

beforeEach(async () => {
  for (const table of ['outbox', 'robot_permissions', 'robots']) await testEnv.DB.prepare(`delete from ${table}`).run();
  sent = [];
  harness = createHarness({}, async ({ binding, method, args }, invoke) => {
    if (binding !== 'EVENTS') return invoke();
    if (method === 'sendBatch') sent.push(...(args[0] as { body: DomainEvent }[]).map(({ body }) => body));
    return undefined;
  });
});

describe('a robot that ends soon', () => {
  it('is announced a week before, once, with what a subscriber needs', async () => {
    const projectId = await insertProject(harness, `expiry-${crypto.randomUUID().slice(0, 8)}`);
    const robot = await makeRobot('builder', 10, projectId);
    await announce();
    expect(await recorded()).toEqual([]);
    harness.clock.advance(3 * DAY_MS + 1_000);
    await announce();
    await announce();
    const events = await recorded();
    expect(events).toEqual([
      {
        kind: 'robot-expiring',
        id: expect.any(String),
        atMs: expect.any(Number),
        actor: '',
        projectId,
        robotId: robot.id,
        robotName: `robot$${robot.project?.name}+builder`,
        expiresAtMs: robot.expiresAtMs,
      },
    ]);
    await expect.poll(() => sent.filter(({ kind }) => kind === 'robot-expiring')).toEqual(events);
  });

  it('is announced again when its end is another', async () => {
    const robot = await makeRobot('renewed', 5);
    await announce();
    await harness.services.robots.update(robot, { ...robot, durationDays: 6, permissions: [] }, ACTOR);
    await announce();
    expect((await recorded()).map((event) => [event.robotName, event.expiresAtMs])).toEqual([
      ['robot$renewed', robot.expiresAtMs],
      ['robot$renewed', (robot.expiresAtMs ?? 0) + DAY_MS],
    ]);
  });

  it('is not announced when it never ends, has ended or is disabled', async () => {
    await makeRobot('forever', -1);
    await makeRobot('over', 1);
    const disabled = await makeRobot('disabled', 3);
    await harness.services.robots.update(disabled, { ...disabled, isDisabled: true, permissions: [] }, ACTOR);
    harness.clock.advance(DAY_MS + 1_000);
    await announce();
    expect(await recorded()).toEqual([]);
  });

  it('is announced once by two ticks at once', async () => {
    await makeRobot('twice', 2);
    await Promise.all([announce(), announce()]);
    expect(await recorded()).toHaveLength(1);
  });

  it('is one of many, of which a tick announces some and the next the others', async () => {
    await makeRobot('first', 3);
    await testEnv.DB.prepare(
      `with recursive n(value) as (select 1 union all select value + 1 from n where value < 120)
       insert into robots (name, project_id, secret_hash, duration_days, expires_at_ms, creator_type, creator_id,
         created_at_ms, updated_at_ms)
       select 'many-' || value, 0, '', 1, ?1 + value, 'local', 1, 0, 0 from n`,
    )
      .bind(harness.clock.nowMs() + DAY_MS)
      .run();
    await announce();
    expect(await recorded()).toHaveLength(100);
    await announce();
    expect(await recorded()).toHaveLength(121);
  });
});
