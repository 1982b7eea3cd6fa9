import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { userGroups } from './user-groups.ts';
import { users } from './users.ts';

const LIVE = sql`deleted_at_ms is null`;

/** A namespace of repositories. Deleting one renames it to `<name>#<id>`, so that the name is free again. */
export const projects = sqliteTable(
  'projects',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name').notNull(),
    ownerId: integer('owner_id')
      .notNull()
      .references(() => users.id),
    isPublic: integer('is_public', { mode: 'boolean' }).notNull().default(false),
    /** Counts changes of who may do what here; tokens and remembered facts carry the value they were made under. */
    securityVersion: integer('security_version').notNull().default(1),
    /** Published repositories. Kept by triggers. */
    repositoryCount: integer('repository_count').notNull().default(0),
    /** Artifacts that a listing of the project shows, and entries of its log. Kept by triggers. */
    artifactCount: integer('artifact_count').notNull().default(0),
    auditEntryCount: integer('audit_entry_count').notNull().default(0),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
    deletedAtMs: integer('deleted_at_ms'),
  },
  (table) => [
    // Finds a project by name, on every request.
    uniqueIndex('projects_name').on(table.name),
    // Lists repositories of all projects by full name: `a-b/x` comes before `a/x`, as the slash sorts after the hyphen.
    // Projects without any are not stepped over.
    index('projects_path').on(sql`(name || '/')`).where(sql`repository_count > 0`),
    // Lists live projects in each order there is: all of them, and those of one visibility. The columns are all that a
    // page is found by, so that no row is read for it.
    index('projects_live_name').on(table.name, table.id, table.deletedAtMs).where(LIVE),
    index('projects_live_created').on(table.createdAtMs, table.id, table.deletedAtMs).where(LIVE),
    index('projects_live_updated').on(table.updatedAtMs, table.id, table.deletedAtMs).where(LIVE),
    index('projects_live_id').on(table.id, table.deletedAtMs).where(LIVE),
    index('projects_public_name').on(table.isPublic, table.name, table.id, table.deletedAtMs).where(LIVE),
    index('projects_public_created').on(table.isPublic, table.createdAtMs, table.id, table.deletedAtMs).where(LIVE),
    index('projects_public_updated').on(table.isPublic, table.updatedAtMs, table.id, table.deletedAtMs).where(LIVE),
    index('projects_public_id').on(table.isPublic, table.id, table.deletedAtMs).where(LIVE),
    // Lists the projects of an owner.
    index('projects_owner').on(table.ownerId, table.name, table.id, table.deletedAtMs).where(LIVE),
  ],
);

/** Harbor's project metadata other than `public`: text keys and values, as on the wire. */
export const projectMetadata = sqliteTable(
  'project_metadata',
  {
    projectId: integer('project_id')
      .notNull()
      .references(() => projects.id),
    name: text('name').notNull(),
    value: text('value').notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.name] })],
);

/** Which user or group has which role in a project (`core/rbac/role-matrix.ts`). One of the two ids is null. */
export const projectMembers = sqliteTable(
  'project_members',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    projectId: integer('project_id')
      .notNull()
      .references(() => projects.id),
    userId: integer('user_id').references(() => users.id),
    groupId: integer('group_id').references(() => userGroups.id),
    role: integer('role').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (table) => [
    // Finds a user's role in a project; nobody is a member twice.
    uniqueIndex('project_members_project_user').on(table.projectId, table.userId),
    // The same of a group.
    uniqueIndex('project_members_project_group').on(table.projectId, table.groupId),
    // Lists the projects of a user.
    index('project_members_user').on(table.userId, table.projectId),
    // Lists the projects of a group.
    index('project_members_group').on(table.groupId, table.projectId),
  ],
);
