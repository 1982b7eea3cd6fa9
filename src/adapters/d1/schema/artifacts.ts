import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { blobs } from './blobs.ts';
import { repositories } from './repositories.ts';

/** A manifest in a repository. */
export const artifacts = sqliteTable(
  'artifacts',
  {
    id: integer('id').primaryKey(),
    repositoryId: integer('repository_id')
      .notNull()
      .references(() => repositories.id),
    /** The project of its repository. Kept by triggers. */
    projectId: integer('project_id'),
    digest: text('digest').notNull(),
    /** The blob that holds the manifest's bytes. */
    manifestBlobId: integer('manifest_blob_id')
      .notNull()
      .references(() => blobs.id),
    /** The Content-Type it was pushed with, without parameters. */
    manifestMediaType: text('manifest_media_type').notNull(),
    manifestSizeBytes: integer('manifest_size_bytes').notNull(),
    /** Media type of the config; null when there is none. */
    configMediaType: text('config_media_type'),
    /** What a referrers listing calls it; null is left out there. */
    artifactType: text('artifact_type'),
    /** Manifest, config and layers, or an index and the children that were there at its push, in bytes. */
    sizeBytes: integer('size_bytes').notNull(),
    /** What this manifest is about, whether or not that exists. */
    subjectDigest: text('subject_digest'),
    /** JSON object of text; absent annotations are null. */
    annotations: text('annotations', { mode: 'json' }).$type<Record<string, string>>(),
    /** Harbor's type (`domain/artifacts/artifact-type.ts`): IMAGE, CHART, … or UNKNOWN. */
    type: text('type').notNull().default('UNKNOWN'),
    /** JSON object that Harbor calls `extra_attrs`; null when the config says nothing. */
    extraAttributes: text('extra_attributes', { mode: 'json' }).$type<Record<string, unknown>>(),
    /** Digest of the icon layer its annotations name; null for the icon of its type. */
    iconDigest: text('icon_digest'),
    /** What kind of accessory it is (`signature.cosign`, …); null when it stands for itself. */
    accessoryType: text('accessory_type'),
    /** What it is an accessory of: its subject, or what the tag of an old cosign signature names. */
    accessoryOfDigest: text('accessory_of_digest'),
    /** Tags that name it, and indexes of its repository that point at it. Kept by triggers. */
    tagCount: integer('tag_count').notNull().default(0),
    parentCount: integer('parent_count').notNull().default(0),
    pushedAtMs: integer('pushed_at_ms').notNull(),
    pulledAtMs: integer('pulled_at_ms'),
  },
  (table) => [
    // Finds a manifest by digest, at every pull.
    uniqueIndex('artifacts_digest').on(table.repositoryId, table.digest),
    // Lists the artifacts of a repository, newest first: those a listing shows by itself, and with the children of indexes.
    // A query must repeat the condition word for word, here and below.
    index('artifacts_listed')
      .on(table.repositoryId, table.pushedAtMs, table.id)
      .where(sql`accessory_type is null and (tag_count > 0 or parent_count = 0)`),
    index('artifacts_pushed').on(table.repositoryId, table.pushedAtMs, table.id).where(sql`accessory_type is null`),
    // Lists those with tags, and those without that no index points at.
    index('artifacts_tagged')
      .on(table.repositoryId, table.pushedAtMs, table.id)
      .where(sql`accessory_type is null and tag_count > 0`),
    index('artifacts_untagged')
      .on(table.repositoryId, table.pushedAtMs, table.id)
      .where(sql`accessory_type is null and tag_count = 0 and parent_count = 0`),
    // Lists the artifacts of a repository that are of one type, newest first.
    index('artifacts_type')
      .on(table.repositoryId, table.type, table.pushedAtMs, table.id)
      .where(sql`accessory_type is null and (tag_count > 0 or parent_count = 0)`),
    // Lists the artifacts of a project, newest first.
    index('artifacts_project')
      .on(table.projectId, table.pushedAtMs, table.id)
      .where(sql`accessory_type is null and (tag_count > 0 or parent_count = 0)`),
    // Finds an artifact that has the icon.
    index('artifacts_icon').on(table.iconDigest).where(sql`icon_digest is not null`),
    // Lists the accessories of an artifact.
    index('artifacts_accessory')
      .on(table.repositoryId, table.accessoryOfDigest, table.id)
      .where(sql`accessory_type is not null`),
    // Lists the referrers of a manifest in order of their digests.
    index('artifacts_subject')
      .on(table.repositoryId, table.subjectDigest, table.digest)
      .where(sql`subject_digest is not null`),
    // Tells garbage collection whether manifest bytes are in use.
    index('artifacts_manifest_blob').on(table.manifestBlobId),
  ],
);

/** Config and layers a manifest needs. */
export const artifactBlobs = sqliteTable(
  'artifact_blobs',
  {
    artifactId: integer('artifact_id')
      .notNull()
      .references(() => artifacts.id),
    blobId: integer('blob_id')
      .notNull()
      .references(() => blobs.id),
    /** The artifact's repository; a trigger fills it in. */
    repositoryId: integer('repository_id').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.artifactId, table.blobId] }),
    // Tells whether a blob of a repository is still needed, when its link is to be deleted.
    index('artifact_blobs_blob').on(table.blobId, table.repositoryId),
  ],
);

/** Manifests an index points at, whether or not the repository holds them (sparse indexes). */
export const artifactReferences = sqliteTable(
  'artifact_references',
  {
    parentId: integer('parent_id')
      .notNull()
      .references(() => artifacts.id),
    position: integer('position').notNull(),
    repositoryId: integer('repository_id')
      .notNull()
      .references(() => repositories.id),
    childDigest: text('child_digest').notNull(),
    /** JSON of the descriptor's platform; null when it has none. */
    platform: text('platform', { mode: 'json' }).$type<Record<string, unknown>>(),
    annotations: text('annotations', { mode: 'json' }).$type<Record<string, string>>(),
    /** JSON list of where else the child is said to be; null when nowhere. */
    urls: text('urls', { mode: 'json' }).$type<string[]>(),
  },
  (table) => [
    primaryKey({ columns: [table.parentId, table.position] }),
    // Tells whether a manifest is the child of an index in its repository.
    index('artifact_references_child').on(table.repositoryId, table.childDigest),
  ],
);
