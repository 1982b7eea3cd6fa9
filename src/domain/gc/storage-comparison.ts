import { z } from 'zod';
import type { Clock } from '#core/clock';
import type { BlobStorage } from '#domain/blobs/blob-storage';
import { SETTLED_AFTER_MS } from '#domain/blobs/orphan-sweep';
import type { ComparisonStore } from '#domain/gc/comparison-store';
import { JobFailure, type JobHandler } from '#domain/jobs/job-handler';
import type { JobSlice } from '#domain/jobs/job-slice';

/** Objects younger than this are left alone, whatever the database says of them, in milliseconds. */
const YOUNG_MS = 24 * 60 * 60_000;
/** Rows read in one slice; as many objects as a listing has. */
const PAGE = 500;
/** Missing objects that one slice names in the log. */
const NAMED = 100;

const parametersSchema = z.object({ dry_run: z.boolean().default(false) });
const cursorSchema = z.object({ part: z.enum(['objects', 'journal']), after: z.string() });
const resultsSchema = z.object({
  /** Objects looked at, those deleted as nothing knows them, and blobs whose objects are not there. */
  objects: z.int().default(0),
  orphans: z.int().default(0),
  missing: z.int().default(0),
});

export interface StorageComparisonDeps {
  readonly store: ComparisonStore;
  readonly storage: Pick<BlobStorage, 'list' | 'listJournal' | 'sizeOf' | 'delete' | 'keyBound'>;
  readonly isReadOnly: () => Promise<boolean>;
  readonly clock: Clock;
}

/**
 * Goes through all objects and all rows of blobs beside each other, in the order of keys. An object that no row names, that is
 * old, and whose key no upload could still use is deleted, with its journal entry; a row whose object is missing is reported,
 * and never deleted: somebody may have the object in a backup.
 */
export class StorageComparison implements JobHandler {
  readonly #deps: StorageComparisonDeps;

  constructor(deps: StorageComparisonDeps) {
    this.#deps = deps;
  }

  async runSlice(slice: JobSlice): Promise<void> {
    const { dry_run: isDryRun } = parametersSchema.parse(slice.task.parameters);
    if (!isDryRun && (await this.#deps.isReadOnly())) throw new JobFailure('the registry is read-only');
    const { part, after } = cursorSchema.parse(slice.task.cursor ?? { part: 'objects', after: '' });
    if (part === 'objects') await this.#compareObjects(slice, after, isDryRun);
    else await this.#compareJournal(slice, after, isDryRun);
  }

  async #compareObjects(slice: JobSlice, after: string, isDryRun: boolean): Promise<void> {
    const { storage, store } = this.#deps;
    const page = await storage.list('', after);
    const listed = page.isLast ? undefined : page.objects.at(-1)?.key;
    const blobs = await store.blobsBetween(after, listed, PAGE);
    const upTo = blobs.length === PAGE ? blobs.at(-1)?.objectKey : listed;
    const objects = page.objects.filter(({ key }) => upTo === undefined || key <= upTo);
    const there = new Set(objects.map(({ key }) => key));
    const known = new Set(blobs.map(({ objectKey }) => objectKey));
    const missing = await this.#missing(blobs.filter(({ objectKey }) => !there.has(objectKey)));
    const orphans = objects.filter(({ key, uploadedAtMs }) => !known.has(key) && this.#isSettled(key, uploadedAtMs));
    for (const { digest, objectKey } of missing.slice(0, NAMED)) slice.log(`missing: ${objectKey} of ${digest}`);
    await this.#commit(
      slice,
      orphans.map(({ key }) => key),
      isDryRun,
      {
        found: { objects: objects.length, missing: missing.length },
        cursor: upTo === undefined ? { part: 'journal', after: '' } : { part: 'objects', after: upTo },
      },
    );
  }

  /** Entries that have outlived their objects. */
  async #compareJournal(slice: JobSlice, after: string, isDryRun: boolean): Promise<void> {
    const { storage, store } = this.#deps;
    const { objects, isLast } = await storage.listJournal(after);
    const settled = objects.filter(({ key, uploadedAtMs }) => this.#isSettled(key, uploadedAtMs)).map(({ key }) => key);
    const known = await store.keysInUse(settled);
    const last = objects.at(-1)?.key;
    await this.#commit(
      slice,
      settled.filter((key) => !known.has(key)),
      isDryRun,
      {
        found: { objects: 0, missing: 0 },
        cursor: isLast || last === undefined ? undefined : { part: 'journal', after: last },
      },
    );
  }

  async #commit(
    slice: JobSlice,
    orphans: readonly string[],
    isDryRun: boolean,
    { found, cursor }: { found: { objects: number; missing: number }; cursor: Record<string, string> | undefined },
  ): Promise<void> {
    if (!isDryRun) await this.#deps.storage.delete(orphans);
    const before = resultsSchema.parse(slice.task.results);
    const results = {
      objects: before.objects + found.objects,
      orphans: before.orphans + orphans.length,
      missing: before.missing + found.missing,
    };
    for (const key of orphans.slice(0, NAMED)) slice.log(`${isDryRun ? 'nothing knows' : 'deleted'}: ${key}`);
    if (cursor) return slice.save(slice.next(cursor, results));
    slice.log(`${results.objects} objects, ${results.orphans} of them unknown, ${results.missing} missing`);
    await slice.save(slice.done(results));
  }

  /** Looked at once more: a row may have come since its page was listed, and another may have gone. */
  async #missing<T extends { readonly objectKey: string }>(suspects: readonly T[]): Promise<readonly T[]> {
    if (suspects.length === 0) return [];
    const { storage, store } = this.#deps;
    const sizes = await Promise.all(suspects.map(({ objectKey }) => storage.sizeOf(objectKey)));
    const gone = suspects.filter((_, index) => sizes[index] === undefined);
    const known = await store.keysInUse(gone.map(({ objectKey }) => objectKey));
    return gone.filter(({ objectKey }) => known.has(objectKey));
  }

  #isSettled(key: string, uploadedAtMs: number): boolean {
    const nowMs = this.#deps.clock.nowMs();
    return uploadedAtMs <= nowMs - YOUNG_MS && key < this.#deps.storage.keyBound(nowMs - SETTLED_AFTER_MS);
  }
}
