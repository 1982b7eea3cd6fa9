import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Configuration that differs from its default (`domain/configuration/catalog.ts`). */
export const properties = sqliteTable('properties', {
  key: text('key').primaryKey(),
  /** As on the wire, in JSON; sealed where the key is a password. */
  value: text('value').notNull(),
  updatedAtMs: integer('updated_at_ms').notNull(),
});
