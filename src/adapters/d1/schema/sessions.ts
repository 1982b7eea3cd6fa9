import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { users } from './users.ts';

/** Who is logged in with a browser. */
export const sessions = sqliteTable(
  'sessions',
  {
    /** SHA-256 of the cookie: the table does not let its reader in. */
    idHash: text('id_hash').primaryKey(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id),
    /** The account's security version at login; another one ends the session. */
    userVersion: integer('user_version').notNull(),
    /** The provider's id token, sealed, to log out there too; null for other logins. */
    sealedIdToken: text('sealed_id_token'),
    createdAtMs: integer('created_at_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [
    // Ends all sessions of an account.
    index('sessions_user').on(table.userId),
    // Finds what the tick may forget.
    index('sessions_expiry').on(table.expiresAtMs),
  ],
);

/** Logins that are under way at an OIDC provider, and accounts that wait for their name. Each is used once. */
export const pendingLogins = sqliteTable(
  'pending_logins',
  {
    /** SHA-256 of the `state`, or of the ticket. */
    idHash: text('id_hash').primaryKey(),
    /** JSON, sealed. */
    sealedBody: text('sealed_body').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [
    // Finds what the tick may forget.
    index('pending_logins_expiry').on(table.expiresAtMs),
  ],
);
