import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { projects } from './projects.ts';

const IS_LISTED = sql`published_at_ms is not null`;

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
    // Finds a repository by name, on every request.
    uniqueIndex('repositories_name').on(table.projectId, table.name),
    // Lists a project's repositories in each order there is. They hold the column of their condition, so that a query, which
    // must repeat it word for word, reads no row to skip one.
    index('repositories_listed').on(table.projectId, table.name, table.id, table.publishedAtMs).where(IS_LISTED),
    index('repositories_created')
      .on(table.projectId, table.createdAtMs, table.id, table.publishedAtMs)
      .where(IS_LISTED),
    index('repositories_updated')
      .on(table.projectId, table.updatedAtMs, table.id, table.publishedAtMs)
      .where(IS_LISTED),
    index('repositories_pulled').on(table.projectId, table.pullCount, table.id, table.publishedAtMs).where(IS_LISTED),
    // Lists those of all projects by age.
    index('repositories_newest').on(table.createdAtMs, table.id, table.projectId, table.publishedAtMs).where(IS_LISTED),
    // Finds those whose name begins with a text too short for `repository_search`.
    index('repositories_prefix').on(table.name, table.publishedAtMs).where(IS_LISTED),
    // Finds those that are being removed (adapters/d1/repository-removal.ts).
    index('repositories_detached').on(table.id).where(sql`instr(name, '#') > 0`),
  ],
);
