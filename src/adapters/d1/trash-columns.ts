/**
 * Columns of an artifact that go to the trash as JSON and come back; the others are columns there, are made anew, or are
 * kept by triggers. A test compares them with the table.
 */
export const TRASHED_COLUMNS = [
  'manifest_media_type',
  'manifest_size_bytes',
  'config_media_type',
  'artifact_type',
  'size_bytes',
  'subject_digest',
  'annotations',
  'type',
  'extra_attributes',
  'icon_digest',
  'accessory_type',
  'accessory_of_digest',
  'pushed_at_ms',
  'pulled_at_ms',
] as const;

/** SQL for the JSON of the artifact's row that `alias` names. */
export function artifactAsJson(alias: string): string {
  return `json_object(${TRASHED_COLUMNS.map((column) => `'${column}', ${alias}.${column}`).join(', ')})`;
}

/** SQL for the columns again, in their order, out of such a JSON. */
export function artifactFromJson(json: string): string {
  return TRASHED_COLUMNS.map((column) => `${json} ->> '$.${column}'`).join(', ');
}
