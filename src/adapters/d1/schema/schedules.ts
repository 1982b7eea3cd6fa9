import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { VendorType } from '#domain/jobs/vendor-type';

/** Work that comes again: Harbor's `schedule`. */
export const schedules = sqliteTable(
  'schedules',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    /** Harbor's vendor type: GARBAGE_COLLECTION, RETENTION, … */
    vendorType: text('vendor_type').$type<VendorType>().notNull(),
    /** Which one of its kind: a policy's id, or 0. */
    vendorId: integer('vendor_id').notNull(),
    /** Hourly, Daily, Weekly or Custom. */
    cronType: text('cron_type').notNull(),
    /** Six fields, UTC. */
    cron: text('cron').notNull(),
    /** JSON object that the work gets. */
    parameters: text('parameters', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    /** When it is due next. */
    dueAtMs: integer('due_at_ms').notNull(),
    /** Who set it, by name. */
    operator: text('operator').notNull().default(''),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    // One schedule for each kind of work and its policy.
    uniqueIndex('schedules_vendor').on(table.vendorType, table.vendorId),
    // Finds what is due.
    index('schedules_due').on(table.dueAtMs),
  ],
);
