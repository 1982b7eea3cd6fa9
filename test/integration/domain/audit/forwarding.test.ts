import { beforeEach, describe, expect, it } from 'vitest';
import { D1AuditStore } from '#adapters/d1/audit-store';
import { D1ForwardingStore } from '#adapters/d1/forwarding-store';
import { newMutation } from '#domain/events/mutation';
import { tick } from '#queues/tick';
import { edgeLimits } from '#test/support/edge-limits';
import { createHarness, type Harness } from '#test/support/harness';
import type { Interceptor } from '#test/support/intercepted-bindings';
import { FakeLogReceiver } from '#test/support/log-receiver';
import { testEnv } from '#test/support/server';

const HOUR_MS = 3_600_000;
const ACTOR = { username: 'forwarded', sourceAddress: '192.0.2.9' };
const entries = new D1AuditStore({ db: testEnv.DB });
const store = new D1ForwardingStore({ db: testEnv.DB });

let receiver: FakeLogReceiver;
let harness: Harness;

function createForwarding(intercept: Interceptor = edgeLimits): Harness {
  return createHarness({}, intercept, { logReceiver: receiver });
}

const configure = (changes: Readonly<Record<string, unknown>>) => harness.services.configuration.update(changes, ACTOR);

const forward = ({ services }: Harness = harness) => services.forwarding.forward();

/** Entries with these words, as deeds of another kind would write them. */
async function write(...resources: string[]): Promise<void> {
  for (const resource of resources) {
    const audit = { projectId: undefined, operation: 'create', resourceType: 'label', resource, description: 'made' };
    const mutation = newMutation(audit, ACTOR, harness.clock);
    await entries.append(mutation);
  }
}

const told = () => receiver.told.map((each) => each['resource']);
const rows = (condition: string) =>
  testEnv.DB.prepare(`select count(*) n from audit_log where ${condition}`).first<number>('n');
const mark = () => testEnv.DB.prepare('select * from audit_forwarding').first<Record<string, unknown>>();

beforeEach(async () => {
  receiver = new FakeLogReceiver();
  harness = createForwarding();
  for (const table of ['audit_log', 'audit_forwarding', 'properties', 'hidden_audit_events']) {
    await testEnv.DB.prepare(`delete from ${table}`).run();
  }
});

const ENDPOINT = { audit_log_forward_endpoint: 'logs.example.com:514' };

describe('the audit log is forwarded', () => {
  it('from the change of the settings on, in the order of its entries, each once', async () => {
    await write('before');
    await configure(ENDPOINT);
    await write('a', 'b');
    await forward();
    await forward();
    await write('c');
    await forward();
    expect(told()).toEqual(['configuration', 'a', 'b', 'c']);
    expect(receiver.told[1]).toMatchObject({ username: 'forwarded', source_ip: '192.0.2.9', operation_result: true });
  });

  it('in as many connections as it takes', async () => {
    await configure(ENDPOINT);
    await testEnv.DB.prepare(
      `with recursive n(value) as (select 1 union all select value + 1 from n where value < 1200)
       insert into audit_log (operation_id, operation, resource_type, resource, username, description, is_success, at_ms)
       select 'many-' || value, 'create', 'label', value, 'somebody', '', 1, 0 from n`,
    ).run();
    await forward();
    expect(told().slice(1)).toEqual(Array.from({ length: 1_200 }, (_, index) => String(index + 1)));
  });

  it('without what the settings hide', async () => {
    await configure({ ...ENDPOINT, disabled_audit_log_event_types: 'create_label' });
    await write('hidden');
    await configure({ disabled_audit_log_event_types: '' });
    await write('shown');
    await forward();
    expect(told()).toEqual(['configuration', 'configuration', 'shown']);
  });

  it('no more once the endpoint is gone, and from then on to another', async () => {
    await configure(ENDPOINT);
    await configure({ audit_log_forward_endpoint: '' });
    await write('unheard');
    await forward();
    expect([receiver.messages, await mark()]).toEqual([[], null]);
    await configure({ audit_log_forward_endpoint: 'other.example.com:514' });
    await forward();
    expect(told()).toEqual(['configuration']);
  });

  it('as the deployment fixes it, within a tick', async () => {
    const fixed = createHarness({ CONFIG_OVERWRITE_JSON: JSON.stringify(ENDPOINT) }, edgeLimits, {
      logReceiver: receiver,
    });
    await fixed.services.configuration.applyToAudit();
    await write('fixed');
    await forward(fixed);
    expect(told()).toEqual(['fixed']);
  });

  it('soon after a request that may have changed something', async () => {
    await configure(ENDPOINT);
    await harness.asAdmin('POST', '/v2/library/any/blobs/uploads/');
    await expect.poll(told, { timeout: 20_000 }).toEqual(['configuration']);
  });
});

describe('a receiver that is down', () => {
  it('is tried again later, less and less often, and then gets everything', async () => {
    await configure(ENDPOINT);
    receiver.isUp = false;
    const delays: unknown[] = [];
    for (let round = 0; round < 5; round++) {
      await expect(forward()).rejects.toThrow('nobody listens');
      const retryAtMs = Number((await mark())?.['retry_at_ms']);
      delays.push(Math.round((retryAtMs - harness.clock.nowMs()) / 1_000));
      // Too early: not tried.
      await forward();
      harness.clock.advance(retryAtMs - harness.clock.nowMs() + 1);
    }
    expect(delays).toEqual([5, 15, 60, 300, 300]);
    receiver.isUp = true;
    await write('late');
    await forward();
    expect(told()).toEqual(['configuration', 'late']);
    expect(await mark()).toMatchObject({ failures: 0, retry_at_ms: 0, lease_token: null });
  });

  it('is refused as a setting, and holds up no other setting', async () => {
    receiver.isUp = false;
    await expect(configure(ENDPOINT)).rejects.toThrow('could not connect to the audit endpoint: logs.example.com:514');
    await configure({ banner_message: 'hello' });
    receiver.isUp = true;
    await configure(ENDPOINT);
    receiver.isUp = false;
    await configure({ ...ENDPOINT, banner_message: 'hello again' });
  });

  it('is tried at once when it is another', async () => {
    await configure(ENDPOINT);
    receiver.isUp = false;
    await expect(forward()).rejects.toThrow();
    receiver.isUp = true;
    await configure({ audit_log_forward_endpoint: 'other.example.com:514' });
    await forward();
    expect(told()).toEqual(['configuration', 'configuration']);
  });

  it('does not make the other parts of a tick fail', async () => {
    await configure(ENDPOINT);
    receiver.isUp = false;
    await tick(harness.services);
    expect(await mark()).toMatchObject({ failures: 1 });
  });
});

describe('whoever forwards', () => {
  it('is alone, and leaves nothing to whoever came meanwhile', async () => {
    await configure(ENDPOINT);
    const second = createForwarding();
    receiver.before = async () => {
      receiver.before = async () => undefined;
      await write('meanwhile');
      await forward(second);
    };
    await forward();
    expect(told()).toEqual(['configuration', 'meanwhile']);
  });

  it('is replaced once its lease has run out, and then moves nothing', async () => {
    await configure(ENDPOINT);
    expect(await store.claim('first', harness.clock.nowMs(), 60_000)).toBe(true);
    await forward();
    expect(told()).toEqual([]);
    harness.clock.advance(60_001);
    await write('late');
    await forward();
    expect(told()).toEqual(['configuration', 'late']);
    expect(await store.advance('first', 0, 0)).toBe(false);
    expect(await store.next('first', 10)).toEqual({ entries: [], lastId: undefined });
    expect(await store.releaseWhenDone('first')).toBe(true);
  });

  it('may die at any call: everything is told at least once, in its order', async () => {
    await configure(ENDPOINT);
    await write('a', 'b', 'c');
    for (let calls = 0; calls < 8; calls++) {
      let left = calls;
      const dying = createForwarding((call, invoke) => {
        if (call.binding === 'DB' && left-- <= 0) throw new Error('gone');
        return edgeLimits(call, invoke);
      });
      dying.clock.advance(calls * 70_000);
      await forward(dying).catch(() => undefined);
    }
    harness.clock.advance(20 * 70_000);
    await forward();
    expect([...new Set(told())]).toEqual(['configuration', 'a', 'b', 'c']);
    const ids = receiver.told.map((each) => Number(each['id']));
    expect(ids.at(-1)).toBe(Math.max(...ids));
  });
});

describe('a log that is kept out of the database', () => {
  const skip = () => configure({ ...ENDPOINT, skip_audit_log_database: true });

  it('needs a receiver', async () => {
    await expect(configure({ skip_audit_log_database: true })).rejects.toThrow(
      'audit log forward endpoint should be configured before enable skip audit log in database',
    );
  });

  it('is forwarded, and cannot be listed', async () => {
    await skip();
    await write('told');
    await forward();
    expect(told()).toEqual(['configuration', 'told']);
    expect(await rows("resource = 'told' and is_hidden = 1")).toBe(1);
    await configure({ skip_audit_log_database: false });
    await write('listed');
    expect(await rows("resource = 'listed' and is_hidden = 0")).toBe(1);
  });

  it('has pulls as well', async () => {
    await skip();
    const pull = { repository: 'library/app', repositoryId: 0, digest: 'sha256:0', count: 1, atMs: 0 };
    const pulled = { ...pull, username: 'puller', projectId: 1 };
    await harness.services.events.consume([{ kind: 'artifacts-pulled', id: crypto.randomUUID(), pulls: [pulled] }]);
    await forward();
    expect(receiver.told.at(-1)).toMatchObject({ operation: 'pull', username: 'puller', project_id: 1 });
    expect(await rows("operation = 'pull' and is_hidden = 0")).toBe(0);
  });

  it('is forgotten after an hour, and not before it has been forwarded', async () => {
    await skip();
    await write('awaited');
    harness.clock.advance(2 * HOUR_MS);
    await harness.services.audit.sweep();
    expect(await rows("resource = 'awaited'")).toBe(1);
    await forward();
    await harness.services.audit.sweep();
    expect(await rows("resource = 'awaited'")).toBe(0);
  });

  it('loses nothing when ids are given anew after its last entries are gone', async () => {
    await skip();
    await write('first', 'second');
    await forward();
    await testEnv.DB.prepare('update audit_log set is_hidden = 1').run();
    harness.clock.advance(2 * HOUR_MS);
    await harness.services.audit.sweep();
    expect(await rows('true')).toBe(0);
    await write('third');
    await forward();
    expect(told()).toEqual(['configuration', 'first', 'second', 'third']);
  });
});
