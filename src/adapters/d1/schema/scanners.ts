import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { projects } from './projects.ts';

/** A scanner adapter that may be asked what is in artifacts. */
export const scannerRegistrations = sqliteTable(
  'scanner_registrations',
  {
    uuid: text('uuid').primaryKey(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    url: text('url').notNull(),
    /** `Basic`, `Bearer` or `APIKey`; empty for an adapter that is asked without a credential. */
    auth: text('auth').notNull().default(''),
    /** Sealed; null without one. */
    sealedCredential: text('sealed_credential'),
    isDisabled: integer('is_disabled', { mode: 'boolean' }).notNull().default(false),
    isDefault: integer('is_default', { mode: 'boolean' }).notNull().default(false),
    skipsCertificateCheck: integer('skips_certificate_check', { mode: 'boolean' }).notNull().default(false),
    usesInternalAddress: integer('uses_internal_address', { mode: 'boolean' }).notNull().default(false),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    // Finds a scanner by name, of which there is one.
    uniqueIndex('scanner_registrations_name').on(table.name),
    // The same by address.
    uniqueIndex('scanner_registrations_url').on(table.url),
    // Finds the default scanner; there are never two.
    uniqueIndex('scanner_registrations_default').on(table.isDefault).where(sql`is_default = 1`),
  ],
);

/** Which scanner a project has chosen; without a row it has the default one. */
export const projectScanners = sqliteTable(
  'project_scanners',
  {
    projectId: integer('project_id')
      .primaryKey()
      .references(() => projects.id),
    scannerUuid: text('scanner_uuid')
      .notNull()
      .references(() => scannerRegistrations.uuid),
  },
  (table) => [
    // Finds the projects that lose their choice with a scanner.
    index('project_scanners_scanner').on(table.scannerUuid),
  ],
);
