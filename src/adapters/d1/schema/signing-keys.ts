import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Keys that sign registry tokens. The newest that is not retired signs; all that are not expired verify. */
export const signingKeys = sqliteTable('signing_keys', {
  kid: text('kid').primaryKey(),
  algorithm: text('algorithm').notNull(),
  /** JWK, JSON. */
  publicJwk: text('public_jwk').notNull(),
  /** JWK, JSON, sealed by the deployment's secret key (`adapters/crypto/sealer.ts`). */
  sealedPrivateJwk: text('sealed_private_jwk').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  retiredAtMs: integer('retired_at_ms'),
});
