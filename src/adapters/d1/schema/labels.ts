import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { artifacts } from './artifacts.ts';

/** A mark for artifacts. */
export const labels = sqliteTable(
  'labels',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    color: text('color').notNull().default(''),
    /** 0 for a label of the whole registry. */
    projectId: integer('project_id').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    // Finds a label by name, and lists those of a scope in order.
    uniqueIndex('labels_name').on(table.projectId, table.name),
  ],
);

/** Which artifact carries which label. */
export const artifactLabels = sqliteTable(
  'artifact_labels',
  {
    artifactId: integer('artifact_id')
      .notNull()
      .references(() => artifacts.id, { onDelete: 'cascade' }),
    labelId: integer('label_id')
      .notNull()
      .references(() => labels.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.artifactId, table.labelId] }),
    // Finds the artifacts with a label.
    index('artifact_labels_label').on(table.labelId, table.artifactId),
  ],
);
