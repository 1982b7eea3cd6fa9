import type { Clock } from '#core/clock';
import type { BlobStorage } from '#domain/blobs/blob-storage';
import type { BlobStore } from '#domain/blobs/blob-store';
import type { IntentStore } from '#domain/blobs/intent-store';

/**
 * How old an intent must be. A key leaves within 15 minutes of its intent, an upload ends within 24 hours of its
 * beginning, and what is then still without a row will never have one; 48 hours leave room for doubt.
 */
export const SETTLED_AFTER_MS = 48 * 60 * 60 * 1000;
/** Intents looked at in one tick; each has 1,000 keys at most. */
const INTENTS_PER_SWEEP = 20;

export interface OrphanSweepDeps {
  readonly intents: IntentStore;
  readonly storage: BlobStorage;
  readonly blobs: BlobStore;
  readonly clock: Clock;
}

/** Deletes objects that were written and never got a row: what crashed or abandoned requests have left. */
export class OrphanSweep {
  readonly #deps: OrphanSweepDeps;

  constructor(deps: OrphanSweepDeps) {
    this.#deps = deps;
  }

  /** May run twice at once, and be cut off anywhere. Answers how many objects it deleted. */
  async sweep(): Promise<number> {
    const { intents, storage, clock } = this.#deps;
    const bound = storage.keyBound(clock.nowMs() - SETTLED_AFTER_MS);
    const prefixes = await intents.before(bound, INTENTS_PER_SWEEP);
    let deleted = 0;
    for (const prefix of prefixes) {
      deleted += await this.#sweepPrefix(prefix);
      await intents.close(prefix);
    }
    return deleted;
  }

  async #sweepPrefix(prefix: string): Promise<number> {
    const { storage, blobs } = this.#deps;
    let deleted = 0;
    let after: string | undefined;
    for (;;) {
      const { objects, isLast } = await storage.list(prefix, after);
      const keys = objects.map(({ key }) => key);
      const inUse = await blobs.keysInUse(keys);
      const orphans = keys.filter((key) => !inUse.has(key));
      await storage.delete(orphans);
      deleted += orphans.length;
      after = keys.at(-1);
      if (isLast) return deleted;
    }
  }
}
