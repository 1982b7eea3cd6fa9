import { env as testEnv } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { meterBucket } from '#adapters/metering/metered-bucket';
import { MeteredDatabase } from '#adapters/metering/metered-database';
import { meterNamespace } from '#adapters/metering/metered-namespace';
import { meterQueue } from '#adapters/metering/metered-queue';
import { OperationMeter, type Usage } from '#adapters/metering/operation-meter';
import { noOperations, type OperationCounts } from '#core/operation-counts';
import type { Env } from '#src/env';

const env = testEnv as unknown as Env;
const meter = new OperationMeter();
const db = new MeteredDatabase({ db: env.DB, meter });
const bucket = meterBucket(env.BLOBS, meter);
const objects = meterNamespace(env.UPLOAD_SESSION, meter);

/** One RPC method of an upload session. */
interface SessionStub {
  offset(): Promise<number | undefined>;
}

/** What `task` cost, without the kinds that cost nothing. */
async function costOf(task: () => Promise<unknown>): Promise<Partial<OperationCounts>> {
  const counts = await meter.run(async (usage) => {
    await task();
    return usage.counts;
  });
  return Object.fromEntries(Object.entries(counts).filter(([, amount]) => amount > 0));
}

describe('metered D1', () => {
  it('counts the rows that each way of asking reads', async () => {
    const select = db.prepare('SELECT name FROM projects WHERE id = ?');
    const cost = { d1Queries: 1, d1RowsRead: 1 };
    expect(await costOf(() => select.bind(1).first())).toEqual(cost);
    expect(await costOf(() => select.bind(1).first('name'))).toEqual(cost);
    expect(await costOf(() => select.bind(1).all())).toEqual(cost);
    expect(await costOf(() => select.bind(1).run())).toEqual(cost);
    expect(await costOf(() => select.bind(1).raw())).toEqual({ d1Queries: 1 });
  });

  it('counts the rows that a batch writes, index entries among them', async () => {
    const write = () =>
      db.batch([
        db.prepare('CREATE TABLE metered (id INTEGER PRIMARY KEY, name TEXT UNIQUE)'),
        db.prepare('INSERT INTO metered (name) VALUES (?), (?)').bind('a', 'b'),
        db.prepare('SELECT * FROM metered'),
      ]);
    expect(await costOf(write)).toMatchObject({ d1Queries: 3 });
    const insert = db.prepare('INSERT INTO metered (name) VALUES (?)').bind('c');
    expect((await costOf(() => insert.run())).d1RowsWritten).toBe(2);
  });

  it('counts what a session asks', async () => {
    const session = db.withSession('first-primary');
    expect(await costOf(() => session.batch([session.prepare('SELECT 1')]))).toEqual({ d1Queries: 1 });
  });

  it('answers as D1 does', async () => {
    const select = db.prepare('SELECT id, name FROM projects WHERE id = ?');
    expect(await select.bind(1).first()).toEqual({ id: 1, name: 'library' });
    expect(await select.bind(1).first('name')).toBe('library');
    expect(await select.bind(-1).first()).toBeNull();
    expect(await select.bind(-1).first('name')).toBeNull();
    expect(await select.bind(1).raw({ columnNames: true })).toEqual([
      ['id', 'name'],
      [1, 'library'],
    ]);
    await expect(select.bind(1).first('nothing')).rejects.toThrow('D1_COLUMN_NOTFOUND');
    await expect(db.prepare('SELECT no_such_column').all()).rejects.toThrow('no such column');
  });
});

describe('metered R2', () => {
  it('counts reads as class B, writes and lists as class A, and deletions not at all', async () => {
    expect(await costOf(() => bucket.put('metering/a', 'content'))).toEqual({ r2ClassA: 1 });
    expect(await costOf(() => bucket.list({ prefix: 'metering/' }))).toEqual({ r2ClassA: 1 });
    expect(await costOf(() => bucket.head('metering/a'))).toEqual({ r2ClassB: 1 });
    expect(await costOf(async () => (await bucket.get('metering/a'))?.text())).toEqual({ r2ClassB: 1 });
    expect(await costOf(() => bucket.delete('metering/a'))).toEqual({});
  });

  it('counts each step of a multipart upload', async () => {
    const finished = async () => {
      const created = await bucket.createMultipartUpload('metering/parts');
      const upload = bucket.resumeMultipartUpload('metering/parts', created.uploadId);
      await upload.complete([await upload.uploadPart(1, 'the only part')]);
    };
    expect(await costOf(finished)).toEqual({ r2ClassA: 3 });
    const aborted = async () => (await bucket.createMultipartUpload('metering/parts')).abort();
    expect(await costOf(aborted)).toEqual({ r2ClassA: 1 });
  });
});

describe('metered Durable Objects', () => {
  it('count a request for each call of an object, and none for finding it', async () => {
    expect(await costOf(async () => objects.get(objects.idFromName('metering')))).toEqual({});
    const call = () => (objects.getByName('metering') as unknown as SessionStub).offset();
    expect(await costOf(call)).toEqual({ doRequests: 1 });
    expect(await costOf(() => Promise.all([call(), call()]))).toEqual({ doRequests: 2 });
  });
});

describe('metered queues', () => {
  it('count 64 KB steps of what they hand on', async () => {
    // Messages that the consumer of the real queue would have to make sense of.
    const handedOn: unknown[] = [];
    const queue = meterQueue(recordingQueue(handedOn), meter);
    expect(await costOf(() => queue.send('small'))).toEqual({ queueOps: 1 });
    expect(await costOf(() => queue.send('x'.repeat(64_000)))).toEqual({ queueOps: 2 });
    expect(await costOf(() => queue.sendBatch([{ body: 'a' }, { body: 'b' }]))).toEqual({ queueOps: 2 });
    expect(handedOn).toEqual(['small', 'x'.repeat(64_000), 'a', 'b']);
  });
});

function recordingQueue(bodies: unknown[]): Queue {
  const partial: Pick<Queue, 'send' | 'sendBatch'> = {
    async send(body) {
      bodies.push(body);
      return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
    },
    async sendBatch(messages) {
      for (const { body } of messages) bodies.push(body);
      return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
    },
  };
  return partial as Queue;
}

describe('a meter', () => {
  it('keeps requests apart that run at the same time', async () => {
    const once = costOf(() => bucket.head('metering/none'));
    const twice = costOf(async () => {
      await bucket.head('metering/none');
      await bucket.head('metering/none');
    });
    expect(await Promise.all([once, twice])).toEqual([{ r2ClassB: 1 }, { r2ClassB: 2 }]);
  });

  it('goes on counting in the background work of a request, and lets it be waited for', async () => {
    const background = meter.follow(() => undefined);
    const usage = await meter.run(async (current: Usage) => {
      background(new Promise((resolve) => setTimeout(resolve, 10)).then(() => bucket.head('metering/none')));
      return current;
    });
    expect(usage.counts).toEqual(noOperations());
    await Promise.all(usage.background);
    expect(usage.counts.r2ClassB).toBe(1);
  });

  it('ignores what belongs to no request', async () => {
    expect(await bucket.head('metering/none')).toBeNull();
  });
});
