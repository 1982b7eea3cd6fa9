import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { blobs } from './blobs.ts';
import { projects } from './projects.ts';

/** How much a project may hold and holds, in bytes of distinct blobs. The row comes with its project, by a trigger. */
export const quotas = sqliteTable(
  'quotas',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    projectId: integer('project_id')
      .notNull()
      .references(() => projects.id),
    /** -1 is no limit. */
    hardBytes: integer('hard_bytes').notNull().default(-1),
    /** Kept by triggers on `project_blobs`; what would exceed `hard_bytes` aborts its batch with QUOTA_EXCEEDED. */
    usedBytes: integer('used_bytes').notNull().default(0),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    // Finds the quota of a project, at every push.
    uniqueIndex('quotas_project').on(table.projectId),
    // List quotas in the orders Harbor knows; no limit is the largest.
    index('quotas_created').on(table.createdAtMs, table.id),
    index('quotas_updated').on(table.updatedAtMs, table.id),
    index('quotas_hard').on(sql`iif(hard_bytes < 0, 9223372036854775807, hard_bytes)`, table.id),
    index('quotas_used').on(table.usedBytes, table.id),
  ],
);

/** A blob some repository of the project holds, layers and manifests alike. Kept by triggers on what links blobs. */
export const projectBlobs = sqliteTable(
  'project_blobs',
  {
    projectId: integer('project_id')
      .notNull()
      .references(() => projects.id),
    blobId: integer('blob_id')
      .notNull()
      .references(() => blobs.id),
    /** Links of the project's repositories and manifests; the row goes with the last one. */
    links: integer('links').notNull(),
  },
  // The blob first: deleting one asks whether a project still has it.
  (table) => [primaryKey({ columns: [table.blobId, table.projectId] })],
);
