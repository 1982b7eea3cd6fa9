import { integer, sqliteTable } from 'drizzle-orm/sqlite-core';

/** Totals of the registry, one row with id 1, kept by triggers so that nobody counts. */
export const statistics = sqliteTable('statistics', {
  id: integer('id').primaryKey(),
  privateProjects: integer('private_projects').notNull().default(0),
  publicProjects: integer('public_projects').notNull().default(0),
  privateRepositories: integer('private_repositories').notNull().default(0),
  publicRepositories: integer('public_repositories').notNull().default(0),
  /** Bytes of all blobs, each once. */
  storageBytes: integer('storage_bytes').notNull().default(0),
  /** Accounts that are not deleted. */
  users: integer('users').notNull().default(0),
  ldapGroups: integer('ldap_groups').notNull().default(0),
  httpGroups: integer('http_groups').notNull().default(0),
  oidcGroups: integer('oidc_groups').notNull().default(0),
  /** Entries of the audit log that are not hidden. */
  auditEntries: integer('audit_entries').notNull().default(0),
});
