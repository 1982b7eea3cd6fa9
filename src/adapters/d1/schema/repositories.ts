import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { projects } from './projects.ts';

/** A repository of a project. Its name is relative to the project, so that renaming a project is one row. */
export const repositories = sqliteTable(
  'repositories',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    projectId: integer('project_id')
      .notNull()
      .references(() => projects.id),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    pullCount: integer('pull_count').notNull().default(0),
    /** Artifacts that a listing shows by itself. Kept by triggers. */
    artifactCount: integer('artifact_count').notNull().default(0),
    /** Fencing token of the lock's newest holder that wrote; a holder with an older one may not write any more. */
    lockToken: integer('lock_token').notNull().default(0),
    /** When the first manifest arrived. Until then the row only holds links of blobs and is not listed. */
    publishedAtMs: integer('published_at_ms'),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    // Finds a repository by name, on every request, and lists a project's repositories in order.
    uniqueIndex('repositories_name').on(table.projectId, table.name),
  ],
);
