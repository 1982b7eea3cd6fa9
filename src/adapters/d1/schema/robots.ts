import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { projects } from './projects.ts';

/** Accounts of machines. */
export const robots = sqliteTable(
  'robots',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    /** Without the prefix and without the project. */
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    /** The project of a project robot; 0 for a system robot, so that the index below tells names apart. */
    projectId: integer('project_id').notNull(),
    /** `sha256$<salt>$<hash>`; secrets are random and long, so no slow hash is needed. */
    secretHash: text('secret_hash').notNull(),
    /** In days; -1 never ends. */
    durationDays: integer('duration_days').notNull(),
    /** Null never comes. */
    expiresAtMs: integer('expires_at_ms'),
    /** The expiry that has been announced as near. */
    announcedExpiryMs: integer('announced_expiry_ms'),
    isDisabled: integer('is_disabled', { mode: 'boolean' }).notNull().default(false),
    /** `local` (a user) or `robot`. */
    creatorType: text('creator_type').notNull(),
    creatorId: integer('creator_id').notNull(),
    securityVersion: integer('security_version').notNull().default(1),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    // Finds a robot at login; lists a project's robots.
    uniqueIndex('robots_name').on(table.projectId, table.name),
    // Finds those that expire soon and have not been announced.
    index('robots_expiry')
      .on(table.expiresAtMs)
      .where(sql`expires_at_ms is not null and announced_expiry_ms is not expires_at_ms`),
  ],
);

/** What a robot may do where. */
export const robotPermissions = sqliteTable(
  'robot_permissions',
  {
    id: integer('id').primaryKey(),
    robotId: integer('robot_id')
      .notNull()
      .references(() => robots.id),
    /** `system` or `project`. */
    kind: text('kind').notNull(),
    /** Null is every project, or the system. */
    projectId: integer('project_id').references(() => projects.id),
    /** Repositories of the project it is limited to, as a glob; null is all. */
    repositoryPattern: text('repository_pattern'),
    /** JSON: `[{resource, action, effect}]`. */
    access: text('access', { mode: 'json' }).notNull(),
  },
  (table) => [
    // Reads a robot with its permissions.
    index('robot_permissions_robot').on(table.robotId),
    // Drops a deleted project's.
    index('robot_permissions_project').on(table.projectId),
  ],
);
