import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Another registry, to replicate from and to, or to be a cache of. */
export const registries = sqliteTable(
  'registries',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    /** Harbor's adapter name: `harbor`, `docker-hub`, `docker-registry`, … */
    type: text('type').notNull(),
    url: text('url').notNull(),
    /** `basic`, `oauth` or `secret`; empty without credential. */
    credentialType: text('credential_type').notNull().default(''),
    accessKey: text('access_key').notNull().default(''),
    /** Sealed; null without one. */
    sealedAccessSecret: text('sealed_access_secret'),
    isInsecure: integer('is_insecure', { mode: 'boolean' }).notNull().default(false),
    caCertificate: text('ca_certificate').notNull().default(''),
    /** `healthy`, `unhealthy`, or empty before the first look. */
    status: text('status').notNull().default(''),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    // Finds a registry by name, and lists them in order.
    uniqueIndex('registries_name').on(table.name),
  ],
);
