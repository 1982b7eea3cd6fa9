import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * What garbage collection looks at, so that its cost grows with the garbage and not with the registry: links of blobs that no
 * manifest of their repository needs, and, under repository 0, blobs that no project has. Kept by triggers: every such link
 * and blob stands here, and whatever stands here is looked at again before anything is deleted.
 */
export const garbageCandidates = sqliteTable(
  'garbage_candidates',
  {
    blobId: integer('blob_id').notNull(),
    repositoryId: integer('repository_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.blobId, table.repositoryId] })],
);

/**
 * Objects that are to be deleted, or were: those whose blobs garbage collection has deleted, and those of uploads whose content
 * was there already. A row comes in the batch that decides it, and says that no blob may point at the object. It stays until the
 * object is gone, and its intent is closed: no upload can name its key then.
 */
export const doomedObjects = sqliteTable(
  'doomed_objects',
  {
    objectKey: text('object_key').primaryKey(),
    doomedAtMs: integer('doomed_at_ms').notNull(),
    /** When the object was deleted; null while it may still be there. */
    deletedAtMs: integer('deleted_at_ms'),
  },
  (table) => [
    // Finds objects that are still to be deleted.
    index('doomed_objects_pending').on(table.objectKey).where(sql`deleted_at_ms is null`),
  ],
);

/**
 * What a dry run of garbage collection would have deleted so far, as what it would delete next depends on that: ids of
 * artifacts, and of the blobs these need. One runs at a time; the next begins with an empty table.
 */
export const dryRunDeletions = sqliteTable(
  'dry_run_deletions',
  {
    /** `trashed`: an artifact that would still be in the trash when the run ends. */
    kind: text('kind').$type<'artifact' | 'blob' | 'trashed'>().notNull(),
    id: integer('id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.id] })],
);
