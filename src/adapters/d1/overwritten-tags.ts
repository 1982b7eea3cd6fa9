/**
 * Tags `t` of the artifacts of the repository `?1` whose digests are in the JSON list `?2`, which the repository `?3` has
 * of other artifacts; a copy moves them.
 */
export const OVERWRITTEN_TAGS = `
  json_each(?2) d cross join artifacts s on s.repository_id = ?1 and s.digest = d.value
  cross join tags t on t.artifact_id = s.id
  cross join tags k on k.repository_id = ?3 and k.name = t.name
  cross join artifacts a on a.id = k.artifact_id and a.digest <> s.digest`;
