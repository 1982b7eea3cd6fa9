import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

const VISIBLE = sql`is_hidden = 0`;
const IN_PROJECT = sql`is_hidden = 0 and project_id is not null`;

/** Who did what to which resource, written in the batch of the deed itself. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    id: integer('id').primaryKey(),
    /** The deed's id: a batch that is sent again after an unknown outcome fails here instead of happening twice. */
    operationId: text('operation_id').notNull(),
    projectId: integer('project_id'),
    operation: text('operation').notNull(),
    resourceType: text('resource_type').notNull(),
    resource: text('resource').notNull(),
    username: text('username').notNull(),
    description: text('description').notNull(),
    isSuccess: integer('is_success', { mode: 'boolean' }).notNull(),
    sourceAddress: text('source_address'),
    atMs: integer('at_ms').notNull(),
    /** Kept out of the log by the settings: it stands here for its operation id, for an hour at least. */
    isHidden: integer('is_hidden', { mode: 'boolean' }).notNull().default(false),
    /** Hidden, and not forwarded either. What is only hidden stands here until it has been forwarded. */
    isSilent: integer('is_silent', { mode: 'boolean' }).notNull().default(false),
  },
  (table) => [
    uniqueIndex('audit_log_operation').on(table.operationId),
    // List, newest first, a project's log, the whole log, what somebody did, and what was done so. The flag is in the
    // indexes so that they alone have a page's keys (docs/storage-layout.md, rows written).
    index('audit_log_project').on(table.projectId, table.atMs, table.id, table.isHidden).where(IN_PROJECT),
    index('audit_log_at').on(table.atMs, table.id, table.isHidden).where(VISIBLE),
    index('audit_log_user').on(table.username, table.atMs, table.id, table.isHidden).where(VISIBLE),
    index('audit_log_deed').on(table.operation, table.atMs, table.id, table.isHidden).where(VISIBLE),
    // Finds what the tick may forget.
    index('audit_log_hidden').on(table.atMs).where(sql`is_hidden = 1`),
  ],
);

/** Event types whose entries are written hidden, as the settings say (`domain/audit/event-type.ts`); `*` hides all. */
export const hiddenAuditEvents = sqliteTable('hidden_audit_events', { eventType: text('event_type').primaryKey() });

/** How far the audit log has been forwarded; no row where it is not. */
export const auditForwarding = sqliteTable('audit_forwarding', {
  /** There is one row, 1. */
  id: integer('id').primaryKey(),
  /** To whom: `host:port`. */
  endpoint: text('endpoint').notNull(),
  /** The last entry that has been sent. */
  forwardedId: integer('forwarded_id').notNull(),
  /** Who is sending, and until when nobody else does. */
  leaseToken: text('lease_token'),
  leaseUntilMs: integer('lease_until_ms').notNull().default(0),
  /** Not tried before, after failures in a row. */
  retryAtMs: integer('retry_at_ms').notNull().default(0),
  failures: integer('failures').notNull().default(0),
});

/** Events that have no consequences yet. The consumer's own batch deletes the row; the cron tick sends it again. */
export const outbox = sqliteTable(
  'outbox',
  {
    /** Grows with each commit, as only the first rows are ever taken; where none are left it begins anew. */
    position: integer('position').primaryKey(),
    eventId: text('event_id').notNull(),
    /** JSON of a `DomainEvent` (`domain/events/event.ts`). */
    body: text('body', { mode: 'json' }).notNull(),
    /** When the tick may send it (again). */
    dueAtMs: integer('due_at_ms').notNull(),
    attempts: integer('attempts').notNull().default(0),
  },
  (table) => [
    // Finds what the tick must send again.
    index('outbox_due').on(table.dueAtMs),
  ],
);

/** Events whose effect cannot be repeated and has happened; swept after a day, long after a queue's last retry. */
export const consumedEvents = sqliteTable(
  'consumed_events',
  {
    eventId: text('event_id').primaryKey(),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [
    // Finds what the tick may forget.
    index('consumed_events_at').on(table.atMs),
  ],
);

/** Messages that no retry could deliver, kept 30 days for an operator to see. */
export const deadLetters = sqliteTable(
  'dead_letters',
  {
    messageId: text('message_id').primaryKey(),
    queue: text('queue').notNull(),
    body: text('body', { mode: 'json' }).notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [
    // Finds what the tick may forget.
    index('dead_letters_at').on(table.atMs),
  ],
);

/**
 * A prefix of R2 keys under which objects may be written before their rows exist. A row stands here before the first
 * object under it does, so that an object without a blob row is found from here (docs/adr/0006-write-intents.md).
 */
export const objectIntents = sqliteTable('object_intents', {
  prefix: text('prefix').primaryKey(),
  openedAtMs: integer('opened_at_ms').notNull(),
});

/**
 * Always empty. A batch inserts the code of a precondition here `where` the precondition does not hold; a trigger
 * raises it and the batch rolls back (`adapters/d1/guards.ts`).
 */
export const guards = sqliteTable('guards', { code: text('code').notNull() });
