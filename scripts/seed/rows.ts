/** How much a seeded registry holds. */
export interface SeedSize {
  /** Repositories of the project `seeded`, one artifact each, beside the large one. */
  readonly repositories: number;
  /** Artifacts of the repository `seeded/large`, a tag each. */
  readonly artifacts: number;
  /** Blobs in all; more than there are artifacts, the rest being layers. */
  readonly blobs: number;
}

/** A statement with its parameters. */
export interface SeedStatement {
  readonly sql: string;
  readonly bindings: readonly number[];
}

export const SEEDED_PROJECT = 'seeded';
export const LARGE_REPOSITORY = 'large';
/** Rows one statement makes: a D1 statement has 30 s. */
const ROWS_A_STATEMENT = 20_000;
const SEEDED_AT_MS = 1_760_000_000_000;
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';

/** Counts from ?1 to ?2 as `n.i`. */
const COUNTING = 'with recursive n(i) as (select ?1 union all select i + 1 from n where i < ?2)';

/**
 * Rows of a registry of that size, as pushes would have left them, without the objects they name: for measuring
 * listings. The n-th artifact has the n-th blob for its manifest; every blob beyond them is a layer of some repository.
 */
export function seedStatements({ repositories, artifacts, blobs }: SeedSize): readonly SeedStatement[] {
  const manifests = artifacts + repositories;
  if (blobs < manifests) throw new Error(`${manifests} artifacts need as many blobs`);
  const project = `(select id from projects where name = '${SEEDED_PROJECT}')`;
  const inProject = (name: string) => `(select id from repositories where project_id = ${project} and name = ${name})`;
  const serviceName = (i: string) => `printf('team-%03d/service-%05d', ${i} % 100, ${i})`;
  /** The repository that holds the n-th artifact, and, in turn, the layers. */
  const repositoryOf = (i: string) =>
    `iif(${i} <= ${artifacts}, ${inProject(`'${LARGE_REPOSITORY}'`)}, ${inProject(serviceName(`(${i} - ${artifacts} - 1) % ${Math.max(repositories, 1)}`))})`;
  return [
    once(`insert into projects (name, owner_id, is_public, created_at_ms, updated_at_ms)
      values ('${SEEDED_PROJECT}', 1, 0, ${SEEDED_AT_MS}, ${SEEDED_AT_MS})`),
    once(`insert into project_members (project_id, user_id, role, created_at_ms)
      select id, 1, 1, created_at_ms from projects where name = '${SEEDED_PROJECT}'`),
    once(`insert into repositories (project_id, name, published_at_ms, created_at_ms, updated_at_ms)
      values (${project}, '${LARGE_REPOSITORY}', ${SEEDED_AT_MS}, ${SEEDED_AT_MS}, ${SEEDED_AT_MS})`),
    ...counted(
      0,
      repositories - 1,
      `insert into repositories (project_id, name, pull_count, published_at_ms, created_at_ms, updated_at_ms)
      select ${project}, ${serviceName('i')}, i * 7919 % 10007, ${SEEDED_AT_MS} + i, ${SEEDED_AT_MS} + i, ${SEEDED_AT_MS} + i from n`,
    ),
    ...counted(
      1,
      blobs,
      `insert into blobs (digest, size_bytes, object_key, touched_at_ms, created_at_ms)
      select 'sha256:' || printf('%064x', i), 1000 + i % 1000, 'seed/' || i, ${SEEDED_AT_MS}, ${SEEDED_AT_MS} from n`,
    ),
    ...counted(
      manifests + 1,
      blobs,
      `insert into repository_blobs (repository_id, blob_id, linked_at_ms)
      select ${repositoryOf(`(i - ${manifests} + ${artifacts})`)}, b.id, ${SEEDED_AT_MS}
      from n join blobs b on b.digest = 'sha256:' || printf('%064x', i)`,
    ),
    ...counted(
      1,
      manifests,
      `insert into artifacts (repository_id, digest, manifest_blob_id, manifest_media_type,
        manifest_size_bytes, config_media_type, size_bytes, type, pushed_at_ms)
      select ${repositoryOf('i')}, b.digest, b.id, '${MANIFEST_TYPE}', b.size_bytes, '${CONFIG_TYPE}', 50000000 + i, 'IMAGE',
        ${SEEDED_AT_MS} + i * 1000
      from n join blobs b on b.digest = 'sha256:' || printf('%064x', i)`,
    ),
    ...counted(
      1,
      manifests,
      `insert into tags (repository_id, artifact_id, name, pushed_at_ms)
      select a.repository_id, a.id, printf('v%d.%d', i / 100, i % 100), a.pushed_at_ms
      from n join artifacts a on a.repository_id = ${repositoryOf('i')} and a.digest = 'sha256:' || printf('%064x', i)`,
    ),
  ];
}

function once(sql: string): SeedStatement {
  return { sql, bindings: [] };
}

function counted(first: number, last: number, sql: string): SeedStatement[] {
  const statements: SeedStatement[] = [];
  for (let from = first; from <= last; from += ROWS_A_STATEMENT) {
    const to = Math.min(from + ROWS_A_STATEMENT - 1, last);
    statements.push({ sql: `${COUNTING} ${sql}`, bindings: [from, to] });
  }
  return statements;
}
