import type { BlobStorage } from '#domain/blobs/blob-storage';
import { SETTLED_AFTER_MS } from '#domain/blobs/orphan-sweep';
import type { DoomedObjectStore } from '#domain/gc/garbage-store';
import type { GcSlice } from '#domain/gc/gc-slice';

/** Objects deleted by one call; with their journal entries the 1,000 keys it takes. */
const OBJECTS_PER_CALL = 500;
/** An hour before their intent may be closed: what happens to both at once shall leave nothing behind. */
const FORGOTTEN_AFTER_MS = SETTLED_AFTER_MS - 60 * 60_000;

export interface ObjectsPhaseDeps {
  readonly objects: DoomedObjectStore;
  readonly storage: Pick<BlobStorage, 'delete' | 'keyBound'>;
}

/**
 * Deletes the objects whose blobs are gone: of this run, and of earlier ones that did not come so far. Deleting twice changes
 * nothing, so the slice may be cut off anywhere.
 */
export class ObjectsPhase {
  readonly #deps: ObjectsPhaseDeps;

  constructor(deps: ObjectsPhaseDeps) {
    this.#deps = deps;
  }

  async run(gc: GcSlice): Promise<void> {
    const { objects, storage } = this.#deps;
    if (gc.isDryRun) return gc.save(gc.over());
    const limit = OBJECTS_PER_CALL * gc.parameters.workers;
    const keys = await objects.pending(limit);
    await Promise.all(chunks(keys).map((chunk) => storage.delete(chunk)));
    const settled = storage.keyBound(gc.nowMs - FORGOTTEN_AFTER_MS);
    const deleted = ((gc.position as number | undefined) ?? 0) + keys.length;
    const isLast = keys.length < limit;
    const progress = isLast ? gc.over({ lines: [`objects: ${deleted} objects deleted`] }) : gc.more(deleted);
    await objects.markDeleted(keys, settled, progress);
  }
}

function chunks(keys: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(keys.length / OBJECTS_PER_CALL);
  return Array.from({ length: count }, (_, at) => keys.slice(at * OBJECTS_PER_CALL, (at + 1) * OBJECTS_PER_CALL));
}
