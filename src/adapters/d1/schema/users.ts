import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { userGroups } from './user-groups.ts';

const LIVE = sql`deleted_at_ms is null`;

/** Accounts, local ones and those that came from a directory. The first row, `admin`, comes with the first migration. */
export const users = sqliteTable(
  'users',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    /** A deleted account's is `<name>#<id>`, so that the name is free again. */
    username: text('username').notNull(),
    /** The name as a person would take it for another's (`domain/users/username.ts`); null in rows older than it. */
    usernameKey: text('username_key'),
    /** `scrypt$…`; the prefix leaves room for hashes imported from Harbor. Null for who logs in elsewhere, and `admin` at first. */
    passwordHash: text('password_hash'),
    email: text('email'),
    realname: text('realname').notNull().default(''),
    comment: text('comment').notNull().default(''),
    isSystemAdmin: integer('is_system_admin', { mode: 'boolean' }).notNull().default(false),
    /** Whether the directory made them an administrator at their last login there. */
    isAdminInAuth: integer('is_admin_in_auth', { mode: 'boolean' }).notNull().default(false),
    /** Counts changes of the account's rights and password; tokens carry the value they were made under. */
    securityVersion: integer('security_version').notNull().default(1),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
    deletedAtMs: integer('deleted_at_ms'),
  },
  (table) => [
    // Finds an account at login.
    uniqueIndex('users_username').on(table.username),
    // Refuses a name that looks like another's.
    uniqueIndex('users_username_key').on(table.usernameKey),
    // Refuses an address twice.
    uniqueIndex('users_email').on(table.email),
    // List accounts in each order there is. They hold the column of their condition, so that a page's keys are in them alone.
    index('users_live_username').on(table.username, table.id, table.deletedAtMs).where(LIVE),
    index('users_live_created').on(table.createdAtMs, table.id, table.deletedAtMs).where(LIVE),
    index('users_live_updated').on(table.updatedAtMs, table.id, table.deletedAtMs).where(LIVE),
    index('users_live_id').on(table.id, table.deletedAtMs).where(LIVE),
    // Tells whether an administrator is left.
    index('users_administrators').on(table.id).where(sql`is_system_admin = 1 and deleted_at_ms is null`),
  ],
);

/** Which groups an account belonged to at its last login. */
export const userGroupMembers = sqliteTable(
  'user_group_members',
  {
    userId: integer('user_id')
      .notNull()
      .references(() => users.id),
    groupId: integer('group_id')
      .notNull()
      .references(() => userGroups.id),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.groupId] }),
    // Finds whom a deleted group leaves.
    index('user_group_members_group').on(table.groupId, table.userId),
  ],
);

/** The account's identity at an OIDC provider. */
export const oidcIdentities = sqliteTable(
  'oidc_identities',
  {
    userId: integer('user_id')
      .primaryKey()
      .references(() => users.id),
    /** The claim `sub`, then the claim `iss`: together they name somebody for ever. */
    subjectIssuer: text('subject_issuer').notNull(),
    /** The CLI secret, sealed. */
    sealedSecret: text('sealed_secret').notNull(),
    /** What the provider gave to ask again with: a refresh token, sealed; null when it gave none. */
    sealedRefreshToken: text('sealed_refresh_token'),
    /** When the provider last said that the account is good. */
    refreshedAtMs: integer('refreshed_at_ms').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    // Finds an account at an OIDC login.
    uniqueIndex('oidc_identities_subject').on(table.subjectIssuer),
  ],
);
