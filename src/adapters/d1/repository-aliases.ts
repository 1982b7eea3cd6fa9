/** SQL that finds an alias `?2` in the project `?1` that has not expired at `?3`: no repository may be made of that name. */
export const LIVING_ALIAS = `select 1 from repository_aliases where project_id = ?1 and name = ?2 and expires_at_ms > ?3`;

/** What somebody is told who would make a repository of that name. */
export function aliasMessage(name: string): string {
  return `${name} is still an alias of a repository that was renamed or moved`;
}
