import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Local accounts. The first row, `admin`, comes with the first migration. */
export const users = sqliteTable(
  'users',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    username: text('username').notNull(),
    /** `scrypt$N$r$p$salt$key`; null until the administrator's first login with the deployment's password. */
    passwordHash: text('password_hash'),
    isSystemAdmin: integer('is_system_admin', { mode: 'boolean' }).notNull().default(false),
    /** Counts changes of the account's rights and password; tokens carry the value they were made under. */
    securityVersion: integer('security_version').notNull().default(1),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    // Finds an account at login.
    uniqueIndex('users_username').on(table.username),
  ],
);
