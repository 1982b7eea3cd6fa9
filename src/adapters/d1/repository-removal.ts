/**
 * What goes when a repository goes. One with much in it would keep the database from everybody else for seconds, so it is
 * taken away first: its name is free, nothing finds it, and no lease of it is good any more. What it held then goes in
 * slices, each complete in itself; whoever sweeps next goes on with it.
 */

/** Larger than any token of a lease, so that no writer that knew the repository before writes to it after. */
const NEVER_A_TOKEN = Number.MAX_SAFE_INTEGER;

/** No name of a repository holds a `#`. */
const IS_DETACHED = `instr(name, '#') > 0`;

const OF_REPOSITORY = 'in (select id from artifacts where repository_id = ?1)';

const REMOVALS = [
  'delete from tags where repository_id = ?1',
  `delete from artifact_blobs where artifact_id ${OF_REPOSITORY}`,
  `delete from artifact_references where parent_id ${OF_REPOSITORY}`,
  'delete from artifacts where repository_id = ?1',
  'delete from repository_blobs where repository_id = ?1',
  'delete from repositories where id = ?1',
];

const OF_SLICE = `in (select id from artifacts indexed by artifacts_digest where repository_id = ?1
  order by digest limit ?2)`;

const SLICE = [
  `delete from tags where artifact_id ${OF_SLICE}`,
  `delete from artifact_blobs where artifact_id ${OF_SLICE}`,
  `delete from artifact_references where parent_id ${OF_SLICE}`,
  `delete from artifacts where id ${OF_SLICE}`,
  ...['artifact_trash', 'tag_trash'].map(
    (trash) => `delete from ${trash} where id in (select id from ${trash} where repository_id = ?1 limit ?2)`,
  ),
  `delete from repository_blobs where repository_id = ?1
     and blob_id in (select blob_id from repository_blobs where repository_id = ?1 limit ?2)`,
];

/** What a repository may have very many of; the rest of it belongs to these. */
const LARGE_PARTS = ['artifacts', 'repository_blobs', 'artifact_trash', 'tag_trash'];

/** Everything at once. */
export function removeRepository(db: D1Database, repositoryId: number): D1PreparedStatement[] {
  return REMOVALS.map((sql) => db.prepare(sql).bind(repositoryId));
}

/** Takes the repository away, with all that is in it, and the names it had. */
export function detachRepository(db: D1Database, repositoryId: number): D1PreparedStatement[] {
  return [
    db.prepare('delete from repository_aliases where repository_id = ?').bind(repositoryId),
    db
      .prepare(
        `update repositories set name = name || '#' || id, published_at_ms = null, lock_token = ?2 where id = ?1`,
      )
      .bind(repositoryId, NEVER_A_TOKEN),
  ];
}

/** Reads whether the repository holds more artifacts, links of blobs, or things that were deleted, than so many. */
export function isLargerThan(db: D1Database, repositoryId: number, count: number): D1PreparedStatement {
  const counted = (table: string) =>
    `(select count(*) from (select 1 from ${table} where repository_id = ?1 limit ?2 + 1))`;
  return db
    .prepare(`select ${LARGE_PARTS.map((table) => `${counted(table)} > ?2`).join(' or ')} larger`)
    .bind(repositoryId, count);
}

/** Reads a repository that was taken away, if there is one. */
export function findDetached(db: D1Database): D1PreparedStatement {
  return db.prepare(`select id from repositories indexed by repositories_detached where ${IS_DETACHED} limit 1`);
}

/** So many artifacts, links and deleted things of a repository that was taken away, and itself with the last of them. */
export function removeSlice(db: D1Database, repositoryId: number, count: number): D1PreparedStatement[] {
  return [
    ...SLICE.map((sql) => db.prepare(sql).bind(repositoryId, count)),
    db
      .prepare(
        `delete from repositories where id = ?1 and ${IS_DETACHED}
           and ${LARGE_PARTS.map((table) => `not exists (select 1 from ${table} where repository_id = ?1)`).join(' and ')}`,
      )
      .bind(repositoryId),
  ];
}
