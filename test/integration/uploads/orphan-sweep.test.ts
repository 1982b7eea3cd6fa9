import { afterEach, describe, expect, it, vi } from 'vitest';
import { D1IntentStore } from '#adapters/d1/intent-store';
import { systemClock } from '#core/clock';
import { digestOf } from '#core/digest';
import { OrphanSweep } from '#domain/blobs/orphan-sweep';
import { createUploadHarness, DB, end, orphans, randomBytes, repository, sized, stream } from '#test/support/uploads';

const hours = (count: number) => count * 3_600_000;
const intentCount = () => DB.prepare('select count(*) n from object_intents').first('n');

function createSweep() {
  const harness = createUploadHarness();
  const intents = new D1IntentStore({ db: DB });
  return { ...harness, intents, sweep: new OrphanSweep({ ...harness, intents, clock: systemClock }) };
}

afterEach(() => vi.restoreAllMocks());

describe('a key of a new object', () => {
  it('stands under an intent that is on record before the key is handed out', async () => {
    const { storage } = createUploadHarness();
    const key = await storage.newObjectKey();
    const prefix = key.slice(0, key.lastIndexOf('/') + 1);
    expect(await DB.prepare('select count(*) n from object_intents where prefix = ?').bind(prefix).first('n')).toBe(1);
  });

  it('shares its intent with others, for a quarter of an hour and a thousand keys', async () => {
    const { storage } = createUploadHarness();
    const prefixOf = (key: string) => key.slice(0, key.lastIndexOf('/') + 1);
    const prefixes = new Set<string>();
    for (let i = 0; i < 1000; i++) prefixes.add(prefixOf(await storage.newObjectKey()));
    expect(prefixes.size).toBe(1);
    prefixes.add(prefixOf(await storage.newObjectKey()));
    expect(prefixes.size).toBe(2);
    const laterMs = Date.now() + hours(0.26);
    vi.spyOn(systemClock, 'nowMs').mockImplementation(() => laterMs);
    prefixes.add(prefixOf(await storage.newObjectKey()));
    expect(prefixes.size).toBe(3);
  });
});

describe('the sweep', () => {
  it('deletes what never got a row, keeps blobs, and closes the intent, after two days and not before', async () => {
    const { service, blobs, sweep } = createSweep();
    const content = randomBytes(1000);
    await service.push(end(digestOf(content), sized(content)));
    await service.append(service.start(repository).text, repository, stream(randomBytes(1000)));
    expect(await orphans(blobs)).toHaveLength(1);
    const before = await intentCount();
    expect(await sweep.sweep()).toBe(0);
    expect(await intentCount()).toBe(before);

    const laterMs = Date.now() + hours(49);
    vi.spyOn(systemClock, 'nowMs').mockImplementation(() => laterMs);
    expect(await sweep.sweep()).toBe(1);
    expect(await orphans(blobs)).toEqual([]);
    expect(await blobs.findLinked(repository, digestOf(content))).toBeDefined();
    expect(await intentCount()).toBe(0);
  });

  it('leaves what garbage collection has doomed since it was found in use to whoever deletes it', async () => {
    const { storage, intents } = createSweep();
    const [pending, deleted] = [await storage.newObjectKey(), await storage.newObjectKey()];
    const doom = DB.prepare('insert into doomed_objects (object_key, doomed_at_ms, deleted_at_ms) values (?, 0, ?)');
    await DB.batch([doom.bind(pending, null), doom.bind(deleted, 1)]);
    await intents.close(pending.slice(0, pending.lastIndexOf('/') + 1));
    const { results } = await DB.prepare('select object_key from doomed_objects').all();
    expect(results).toEqual([{ object_key: pending }]);
    await DB.prepare('delete from doomed_objects').run();
  });

  it('looks at all keys of an intent, page after page', async () => {
    const { storage, blobs, sweep } = createSweep();
    for (let i = 0; i < 520; i++) {
      await storage.write(await storage.newObjectKey(), new Uint8Array(1), { kind: 'blob', repository });
    }
    const laterMs = Date.now() + hours(49);
    vi.spyOn(systemClock, 'nowMs').mockImplementation(() => laterMs);
    expect(await sweep.sweep()).toBe(520);
    expect(await orphans(blobs)).toEqual([]);
  });
});
