import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { repositories } from './repositories.ts';

/**
 * One row a content: layers, configs and the bytes of manifests, each once for the whole registry. A row never points
 * at a missing object; an object without a row is garbage (docs/storage-layout.md). Whatever needs a blob refers to this row
 * by a foreign key, so that the database itself refuses to delete one that is needed.
 */
export const blobs = sqliteTable(
  'blobs',
  {
    id: integer('id').primaryKey(),
    digest: text('digest').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    /** The object's key in R2 (`adapters/r2/keys.ts`). */
    objectKey: text('object_key').notNull(),
    /** Whether a manifest was ever pushed as it; the results of garbage collection tell manifests from other blobs. */
    isManifest: integer('is_manifest', { mode: 'boolean' }).notNull().default(false),
    /** When somebody last showed interest in the blob; unreferenced and untouched for the window is garbage. */
    touchedAtMs: integer('touched_at_ms').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (table) => [
    // Finds a blob by digest, at push and pull.
    uniqueIndex('blobs_digest').on(table.digest),
    // Tells whether an R2 object belongs to a row, when orphans are swept.
    uniqueIndex('blobs_object_key').on(table.objectKey),
  ],
);

/** Which repository may serve which blob. Manifests of a repository are linked by its `artifacts` rows instead. */
export const repositoryBlobs = sqliteTable(
  'repository_blobs',
  {
    repositoryId: integer('repository_id')
      .notNull()
      .references(() => repositories.id),
    blobId: integer('blob_id')
      .notNull()
      .references(() => blobs.id),
    linkedAtMs: integer('linked_at_ms').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.repositoryId, table.blobId] }),
    // Finds the repositories that hold a blob: a mount without `from`, and garbage collection.
    index('repository_blobs_blob').on(table.blobId, table.repositoryId),
  ],
);
