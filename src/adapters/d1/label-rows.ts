import type { Label } from '#domain/labels/label';

export interface LabelRow {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly color: string;
  /** 0 for a label of the whole registry. */
  readonly project_id: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

export function toLabel(row: LabelRow): Label {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    color: row.color,
    projectId: row.project_id === 0 ? undefined : row.project_id,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
