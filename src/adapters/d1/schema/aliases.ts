import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { projects } from './projects.ts';
import { repositories } from './repositories.ts';

/** A name a project had until it was renamed, and under which it is found until `expires_at_ms`. */
export const projectAliases = sqliteTable(
  'project_aliases',
  {
    name: text('name').primaryKey(),
    projectId: integer('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [
    // Finds the old names of a project.
    index('project_aliases_project').on(table.projectId),
    // Finds what has ended.
    index('project_aliases_expiry').on(table.expiresAtMs),
  ],
);

/** A name a repository had within a project until it was renamed or moved. */
export const repositoryAliases = sqliteTable(
  'repository_aliases',
  {
    projectId: integer('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    repositoryId: integer('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.name] }),
    // Finds the old names of a repository.
    index('repository_aliases_repository').on(table.repositoryId),
    // Finds what has ended.
    index('repository_aliases_expiry').on(table.expiresAtMs),
  ],
);
