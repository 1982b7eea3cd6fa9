import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { projects } from './projects.ts';

/** Whose OIDC tokens a project trusts, and what their bearers may do. */
export const trustRules = sqliteTable(
  'trust_rules',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    projectId: integer('project_id')
      .notNull()
      .references(() => projects.id),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    issuer: text('issuer').notNull(),
    audience: text('audience').notNull(),
    /** JSON: `[{claim, pattern}]`. */
    conditions: text('conditions', { mode: 'json' }).notNull(),
    /** JSON: `[{repositoryPattern, access: [{resource, action}]}]`. */
    permissions: text('permissions', { mode: 'json' }).notNull(),
    lifetimeSeconds: integer('lifetime_seconds').notNull(),
    isDisabled: integer('is_disabled', { mode: 'boolean' }).notNull().default(false),
    securityVersion: integer('security_version').notNull().default(1),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    // Lists a project's rules.
    index('trust_rules_project').on(table.projectId, table.id),
    // Finds the rules that may apply to a token.
    index('trust_rules_issuer').on(table.issuer, table.audience),
  ],
);

/** Tokens that were used, and until when they must be known. */
export const federatedIdentities = sqliteTable(
  'federated_identities',
  {
    issuer: text('issuer').notNull(),
    tokenId: text('token_id').notNull(),
    firstUsedAtMs: integer('first_used_at_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.issuer, table.tokenId] }),
    // Finds what the tick may forget.
    index('federated_identities_expiry').on(table.expiresAtMs),
  ],
);
