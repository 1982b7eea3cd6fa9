import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Groups of LDAP, of an auth proxy and of an OIDC provider that may be members of projects. */
export const userGroups = sqliteTable(
  'user_groups',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name').notNull(),
    /** 1 LDAP, 2 HTTP, 3 OIDC. */
    type: integer('type').notNull(),
    ldapDn: text('ldap_dn'),
    /** What tells groups of a type apart: the normalized DN of an LDAP group, the name of another. */
    key: text('key').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    // Finds the groups a directory tells of, at each login.
    uniqueIndex('user_groups_key').on(table.type, table.key),
    // Lists the groups of a type.
    index('user_groups_listed').on(table.type, table.id),
    // Finds an LDAP group of which only the name is known.
    index('user_groups_name').on(table.type, table.name),
  ],
);
