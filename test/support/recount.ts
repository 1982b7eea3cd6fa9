/**
 * Queries that compare every value that triggers keep with a recount. Each answers a row, with what is wrong, for each value
 * that is not true; `?1` is a JSON list of names to search for.
 */
const LINKS = `select r.project_id, l.blob_id from (
    select repository_id, blob_id from repository_blobs
    union all select repository_id, manifest_blob_id from artifacts) l
  join repositories r on r.id = l.repository_id`;

/** Names that a trigram index finds in other rows of the table, among those it is to have, than hold them. */
function searched(index: string, column: string, table: string, isListed: string): string {
  return `
    select n.value, '${index}', (select group_concat(rowid) from (select rowid from ${index}
        where ${index} match '{${column}} : "' || n.value || '"' order by rowid)) as found,
      (select group_concat(id) from (select id from ${table} where ${isListed} and instr(${column}, n.value) > 0 order by id)) as there
    from json_each(?1) n where found is not there`;
}

const RECOUNTS: Readonly<Record<string, string>> = {
  'project_blobs.links': `
    select coalesce(kept.project_id, counted.project_id) as project, kept.links, counted.links as recounted
    from project_blobs kept full outer join (select project_id, blob_id, count(*) as links from (${LINKS}) group by 1, 2) counted
      on counted.project_id = kept.project_id and counted.blob_id = kept.blob_id
    where kept.links is not counted.links`,
  'quotas.used_bytes': `
    select q.project_id, q.used_bytes, coalesce(counted.bytes, 0) as recounted from quotas q
    left join (select d.project_id, sum(b.size_bytes) as bytes from (select distinct project_id, blob_id from (${LINKS})) d
      join blobs b on b.id = d.blob_id group by 1) counted on counted.project_id = q.project_id
    where q.used_bytes <> coalesce(counted.bytes, 0)`,
  'quotas of projects': `
    select p.id, p.deleted_at_ms, q.id as quota from projects p left join quotas q on q.project_id = p.id
    where (p.deleted_at_ms is null) <> (q.id is not null)`,
  'artifacts.tag_count, parent_count': `
    select a.id, a.tag_count, a.parent_count from artifacts a
    where a.tag_count <> (select count(*) from tags t where t.artifact_id = a.id)
      or a.parent_count <> (select count(*) from artifact_references ar
        where ar.repository_id = a.repository_id and ar.child_digest = a.digest)`,
  'artifact_blobs.repository_id': `
    select ab.artifact_id, ab.repository_id from artifact_blobs ab join artifacts a on a.id = ab.artifact_id
    where ab.repository_id <> a.repository_id`,
  'blobs of artifacts are linked': `
    select a.id, ab.blob_id from artifacts a join artifact_blobs ab on ab.artifact_id = a.id
    where not exists (select 1 from repository_blobs rb where rb.repository_id = a.repository_id and rb.blob_id = ab.blob_id)`,
  garbage_candidates: `
    select coalesce(kept.blob_id, counted.blob_id) as blob, coalesce(kept.repository_id, counted.repository_id) as repository,
      kept.blob_id is not null as is_kept
    from garbage_candidates kept full outer join (
      select rb.blob_id, rb.repository_id from repository_blobs rb where not exists (select 1 from artifact_blobs ab
        where ab.blob_id = rb.blob_id and ab.repository_id = rb.repository_id)
      union all
      select b.id, 0 from blobs b where not exists (select 1 from (${LINKS}) l where l.blob_id = b.id)) counted
      on counted.blob_id = kept.blob_id and counted.repository_id = kept.repository_id
    where kept.blob_id is null or counted.blob_id is null`,
  'repositories.artifact_count': `
    select r.id, r.artifact_count, count(a.id) as recounted from repositories r
    left join artifacts a on a.repository_id = r.id and a.accessory_type is null and (
      exists (select 1 from tags t where t.artifact_id = a.id) or not exists (select 1 from artifact_references ar
        where ar.repository_id = a.repository_id and ar.child_digest = a.digest))
    group by r.id having r.artifact_count <> count(a.id)`,
  'projects.repository_count': `
    select p.id, p.repository_count, count(r.id) as recounted from projects p
    left join repositories r on r.project_id = p.id and r.published_at_ms is not null
    group by p.id having p.repository_count <> count(r.id)`,
  'projects.artifact_count': `
    select p.id, p.artifact_count, count(a.id) as recounted from projects p
    left join artifacts a on a.project_id = p.id and a.accessory_type is null and (
      exists (select 1 from tags t where t.artifact_id = a.id) or not exists (select 1 from artifact_references ar
        where ar.repository_id = a.repository_id and ar.child_digest = a.digest))
    group by p.id having p.artifact_count <> count(a.id)`,
  'projects.audit_entry_count': `
    select p.id, p.audit_entry_count, count(l.id) as recounted from projects p
    left join audit_log l on l.project_id = p.id and l.is_hidden = 0
    group by p.id having p.audit_entry_count <> count(l.id)`,
  statistics: `
    select s.*, counted.* from statistics s cross join (
      select (select count(*) from projects where deleted_at_ms is null and not is_public) as a,
        (select count(*) from projects where deleted_at_ms is null and is_public) as b,
        (select count(*) from repositories r join projects p on p.id = r.project_id
          where r.published_at_ms is not null and p.deleted_at_ms is null and not p.is_public) as c,
        (select count(*) from repositories r join projects p on p.id = r.project_id
          where r.published_at_ms is not null and p.deleted_at_ms is null and p.is_public) as d,
        (select coalesce(sum(size_bytes), 0) from blobs) as e, (select count(*) from users where deleted_at_ms is null) as f,
        (select count(*) from user_groups where type = 1) as g, (select count(*) from user_groups where type = 2) as h,
        (select count(*) from user_groups where type = 3) as i, (select count(*) from audit_log where is_hidden = 0) as j
      ) counted
    where (s.private_projects, s.public_projects, s.private_repositories, s.public_repositories, s.storage_bytes, s.users,
        s.ldap_groups, s.http_groups, s.oidc_groups, s.audit_entries)
      <> (counted.a, counted.b, counted.c, counted.d, counted.e, counted.f, counted.g, counted.h, counted.i, counted.j)`,
  'search index': [
    searched('project_search', 'name', 'projects', 'deleted_at_ms is null'),
    searched('repository_search', 'name', 'repositories', 'published_at_ms is not null'),
    searched('user_search', 'username', 'users', 'deleted_at_ms is null'),
    searched('user_search', 'email', 'users', 'deleted_at_ms is null'),
    searched('user_group_search', 'name', 'user_groups', 'true'),
  ].join(' union all '),
};

export interface Usage {
  readonly project_id: number;
  readonly used_bytes: number;
  /** -1 is no limit. */
  readonly hard_bytes: number;
}

/**
 * What is not as a recount has it, by what it is about: empty when all is true. And what the projects hold. `names` are to be
 * searched for.
 */
export async function recount(
  db: D1Database,
  names: readonly string[],
): Promise<{ readonly wrong: Readonly<Record<string, unknown[]>>; readonly usage: readonly Usage[] }> {
  const entries = Object.entries(RECOUNTS);
  const [usage, ...results] = await db.batch([
    db.prepare('select project_id, used_bytes, hard_bytes from quotas'),
    ...entries.map(([, sql]) => (sql.includes('?1') ? db.prepare(sql).bind(JSON.stringify(names)) : db.prepare(sql))),
  ]);
  const answers = entries.map(([name], index) => [name, results[index]?.results ?? []] as const);
  const wrong = Object.fromEntries(answers.filter(([, rows]) => rows.length > 0));
  return { wrong, usage: (usage?.results ?? []) as Usage[] };
}
