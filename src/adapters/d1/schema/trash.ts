import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { blobs } from './blobs.ts';
import { repositories } from './repositories.ts';

/** A deleted artifact that can be restored until garbage collection takes it. */
export const artifactTrash = sqliteTable(
  'artifact_trash',
  {
    id: integer('id').primaryKey(),
    repositoryId: integer('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    digest: text('digest').notNull(),
    manifestBlobId: integer('manifest_blob_id')
      .notNull()
      .references(() => blobs.id),
    /** JSON of the other columns of its row. */
    artifact: text('artifact').notNull(),
    /** JSON list of its tags' rows. */
    tags: text('tags').notNull(),
    /** JSON list of the rows of `artifact_references` it was the parent of. */
    children: text('children').notNull(),
    /** JSON list of the ids of its labels. */
    labels: text('labels').notNull(),
    deletedBy: text('deleted_by').notNull(),
    deletedAtMs: integer('deleted_at_ms').notNull(),
    /** What it was deleted along with, as its accessory or its child; null when it was asked for itself. */
    deletedWithDigest: text('deleted_with_digest'),
  },
  (table) => [
    // Finds what may be restored of a repository, the newest first.
    index('artifact_trash_repository').on(table.repositoryId, table.deletedAtMs),
    // Finds a deleted manifest by digest.
    index('artifact_trash_digest').on(table.repositoryId, table.digest),
    // Finds what comes back with an artifact.
    index('artifact_trash_with')
      .on(table.repositoryId, table.deletedWithDigest)
      .where(sql`deleted_with_digest is not null`),
    // Finds what garbage collection may take.
    index('artifact_trash_deleted').on(table.deletedAtMs),
    // Tells garbage collection whether manifest bytes are in use.
    index('artifact_trash_manifest_blob').on(table.manifestBlobId),
  ],
);

/** Config and layers a deleted artifact needs, should it be restored. */
export const artifactTrashBlobs = sqliteTable(
  'artifact_trash_blobs',
  {
    trashId: integer('trash_id')
      .notNull()
      .references(() => artifactTrash.id, { onDelete: 'cascade' }),
    blobId: integer('blob_id')
      .notNull()
      .references(() => blobs.id),
    /** The artifact's repository. */
    repositoryId: integer('repository_id').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.trashId, table.blobId] }),
    // Tells garbage collection whether a blob is in use, and a push whether its repository had the blob until lately.
    index('artifact_trash_blobs_blob').on(table.blobId, table.repositoryId),
  ],
);

/** A tag that was deleted while its artifact stayed. */
export const tagTrash = sqliteTable(
  'tag_trash',
  {
    id: integer('id').primaryKey(),
    repositoryId: integer('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** What it named. */
    digest: text('digest').notNull(),
    /** When it had been pushed and pulled last. */
    pushedAtMs: integer('pushed_at_ms').notNull(),
    pulledAtMs: integer('pulled_at_ms'),
    deletedBy: text('deleted_by').notNull(),
    deletedAtMs: integer('deleted_at_ms').notNull(),
  },
  (table) => [
    // Only the newest deletion of a name can be undone.
    uniqueIndex('tag_trash_name').on(table.repositoryId, table.name),
    // Finds what may be restored of a repository, the newest first.
    index('tag_trash_repository').on(table.repositoryId, table.deletedAtMs),
    // Finds what is to be forgotten.
    index('tag_trash_deleted').on(table.deletedAtMs),
  ],
);
