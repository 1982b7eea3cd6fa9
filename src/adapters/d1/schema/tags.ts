import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { artifacts } from './artifacts.ts';
import { repositories } from './repositories.ts';

/** A name for an artifact within its repository. */
export const tags = sqliteTable(
  'tags',
  {
    id: integer('id').primaryKey(),
    repositoryId: integer('repository_id')
      .notNull()
      .references(() => repositories.id),
    artifactId: integer('artifact_id')
      .notNull()
      .references(() => artifacts.id),
    name: text('name').notNull(),
    pushedAtMs: integer('pushed_at_ms').notNull(),
    pulledAtMs: integer('pulled_at_ms'),
  },
  (table) => [
    // Finds a tag at pull and lists a repository's tags in ASCII order.
    uniqueIndex('tags_name').on(table.repositoryId, table.name),
    // Lists the tags of an artifact.
    index('tags_artifact').on(table.artifactId, table.name),
  ],
);
