import { integer, primaryKey, sqliteTable } from 'drizzle-orm/sqlite-core';

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
