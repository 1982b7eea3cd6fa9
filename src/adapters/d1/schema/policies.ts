import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Which tags of a project are kept: Harbor's retention policy. */
export const retentionPolicies = sqliteTable(
  'retention_policies',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    /** 0 for the one that stands in where a project has none. */
    projectId: integer('project_id').notNull(),
    /** JSON list of rules (`domain/retention/retention-rule.ts`). */
    rules: text('rules', { mode: 'json' }).$type<readonly Record<string, unknown>[]>().notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    // A project has one at most.
    uniqueIndex('retention_policies_project').on(table.projectId),
  ],
);

/** Which tags of a project can neither be moved nor deleted. */
export const immutableRules = sqliteTable(
  'immutable_rules',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    projectId: integer('project_id').notNull(),
    isDisabled: integer('is_disabled', { mode: 'boolean' }).notNull().default(false),
    /** JSON of the selectors (`domain/policies/selector.ts`). */
    selectors: text('selectors', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    // Reads a project's rules; none stands there twice.
    uniqueIndex('immutable_rules_selectors').on(table.projectId, table.selectors),
  ],
);

/** Whom a project tells of what happens in it. */
export const webhookPolicies = sqliteTable(
  'webhook_policies',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    projectId: integer('project_id').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    /** JSON list of targets (`domain/webhooks/webhook-policy.ts`); secrets in them are sealed. */
    targets: text('targets', { mode: 'json' }).$type<readonly Record<string, unknown>[]>().notNull(),
    /** JSON list of Harbor's event types. */
    eventTypes: text('event_types', { mode: 'json' }).$type<readonly string[]>().notNull(),
    isEnabled: integer('is_enabled', { mode: 'boolean' }).notNull().default(true),
    /** Host and port at which its author reached the registry. */
    registryHost: text('registry_host').notNull().default(''),
    creator: text('creator').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    // Reads the policies of a project; a name stands there once.
    uniqueIndex('webhook_policies_name').on(table.projectId, table.name),
    // Lists them by age.
    index('webhook_policies_created').on(table.projectId, table.createdAtMs, table.id),
  ],
);
