/** How much a seeded registry holds. */
export interface SeedSize {
  /** Repositories of the project `seeded`, one artifact each, beside the large one. */
  readonly repositories: number;
  /** Artifacts of the repository `seeded/large`, a tag each. */
  readonly artifacts: number;
  /** Blobs in all: one is the manifest of each artifact, the others are config and layers of the artifacts, in turn. */
  readonly blobs: number;
  /** Projects beside `seeded`, every tenth of them public; they hold nothing. */
  readonly projects: number;
  /** Entries of the audit log, of pushes to the large repository. */
  readonly auditEntries: number;
}

/** A statement with its parameters. */
export interface SeedStatement {
  readonly sql: string;
  readonly bindings: readonly number[];
}

export const SEEDED_PROJECT = 'seeded';
export const LARGE_REPOSITORY = 'large';
/** A label of the project on every tenth artifact of the large repository, and one on every thousandth. */
const COMMON_LABEL = 'common';
const RARE_LABEL = 'rare';
/** Every so-many-th artifact of the large repository is a chart. */
const CHART_INTERVAL = 1_000;
/** Tags of the first artifact of the large repository beside its own. */
const MANY_TAGS = 500;

/** Rows one statement makes: a D1 statement has 30 s. */
const ROWS_A_STATEMENT = 20_000;
export const SEEDED_AT_MS = 1_760_000_000_000;
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const CHART_CONFIG_TYPE = 'application/vnd.cncf.helm.config.v1+json';
const ATTRIBUTES = `'{"created":null,"architecture":"amd64","os":"linux","author":"","config":{}}'`;

/** Counts from ?1 to ?2 as `n.i`. */
const COUNTING = 'with recursive n(i) as (select ?1 union all select i + 1 from n where i < ?2)';
const PROJECT = `(select id from projects where name = '${SEEDED_PROJECT}')`;
const LARGE = inProject(`'${LARGE_REPOSITORY}'`);

/**
 * Rows of a registry of that size, as pushes would have left them, without the objects they name: for measuring
 * listings.
 */
export function seedStatements(size: SeedSize): readonly SeedStatement[] {
  const manifests = size.artifacts + size.repositories;
  if (size.blobs < 2 * manifests) throw new Error(`${manifests} artifacts need at least twice as many blobs`);
  return [
    ...projects(size),
    ...repositories(size),
    ...counted(
      1,
      size.blobs,
      `insert into blobs (digest, size_bytes, object_key, touched_at_ms, created_at_ms)
      select ${digestOf('i')}, 1000 + i % 1000, 'seed/' || i, ${SEEDED_AT_MS}, ${SEEDED_AT_MS} from n`,
    ),
    ...artifacts(size, manifests),
    ...links(size, manifests),
    ...labels(size),
    ...auditLog(size),
  ];
}

function projects(size: SeedSize): SeedStatement[] {
  const columns = '(name, owner_id, is_public, created_at_ms, updated_at_ms)';
  return [
    once(`insert into projects ${columns} values ('${SEEDED_PROJECT}', 1, 0, ${SEEDED_AT_MS}, ${SEEDED_AT_MS})`),
    ...counted(
      1,
      size.projects,
      `insert into projects ${columns}
      select printf('fleet-%05d', i), 1, i % 10 = 0, ${SEEDED_AT_MS} + i, ${SEEDED_AT_MS} + i from n`,
    ),
    once(`insert into project_members (project_id, user_id, role, created_at_ms)
      select id, 1, 1, created_at_ms from projects where name = '${SEEDED_PROJECT}' or name like 'fleet-%'`),
  ];
}

function repositories(size: SeedSize): SeedStatement[] {
  const columns = '(project_id, name, pull_count, published_at_ms, created_at_ms, updated_at_ms)';
  return [
    once(`insert into repositories ${columns}
      values (${PROJECT}, '${LARGE_REPOSITORY}', 0, ${SEEDED_AT_MS}, ${SEEDED_AT_MS}, ${SEEDED_AT_MS})`),
    ...counted(
      0,
      size.repositories - 1,
      `insert into repositories ${columns}
      select ${PROJECT}, ${serviceName('i')}, i * 7919 % 10007, ${SEEDED_AT_MS} + i, ${SEEDED_AT_MS} + i, ${SEEDED_AT_MS} + i from n`,
    ),
  ];
}

/** The n-th artifact has the n-th blob for its manifest. */
function artifacts(size: SeedSize, manifests: number): SeedStatement[] {
  const repository = `iif(i <= ${size.artifacts}, ${LARGE}, ${inProject(serviceName(`(i - ${size.artifacts} - 1)`))})`;
  const isChart = `i % ${CHART_INTERVAL} = 7`;
  const configType = `iif(${isChart}, '${CHART_CONFIG_TYPE}', '${CONFIG_TYPE}')`;
  const tag = `insert into tags (repository_id, artifact_id, name, pushed_at_ms) select a.repository_id, a.id,`;
  return [
    ...counted(
      1,
      manifests,
      `insert into artifacts (repository_id, project_id, digest, manifest_blob_id, manifest_media_type,
        manifest_size_bytes, config_media_type, artifact_type, size_bytes, type, extra_attributes, pushed_at_ms)
      select ${repository}, ${PROJECT}, b.digest, b.id, '${MANIFEST_TYPE}', b.size_bytes,
        ${configType}, ${configType}, 50000000 + i, iif(${isChart}, 'CHART', 'IMAGE'),
        ${ATTRIBUTES}, ${SEEDED_AT_MS} + i * 1000
      from n join blobs b on b.digest = ${digestOf('i')}`,
    ),
    ...counted(1, manifests, `${tag} ${tagName('i')}, a.pushed_at_ms from n cross join ${artifactOf('i')}`),
    ...counted(1, MANY_TAGS, `${tag} printf('first-%03d', i), a.pushed_at_ms from n cross join ${artifactOf('1')}`),
  ];
}

/** Every blob that is no manifest belongs to an artifact, and so is linked to its repository. */
function links(size: SeedSize, manifests: number): SeedStatement[] {
  const owner = artifactOf(`(1 + (i - 1) % ${manifests})`);
  const blob = `from n cross join blobs b on b.digest = ${digestOf('i')} cross join ${owner}`;
  return [
    ...counted(
      manifests + 1,
      size.blobs,
      `insert into repository_blobs (repository_id, blob_id, linked_at_ms) select a.repository_id, b.id, ${SEEDED_AT_MS} ${blob}`,
    ),
    ...counted(
      manifests + 1,
      size.blobs,
      `insert into artifact_blobs (artifact_id, blob_id, repository_id) select a.id, b.id, a.repository_id ${blob}`,
    ),
  ];
}

function labels(size: SeedSize): SeedStatement[] {
  const label = (name: string) => `(select id from labels where project_id = ${PROJECT} and name = '${name}')`;
  const each = (interval: number, name: string) =>
    counted(
      1,
      Math.ceil(size.artifacts / interval),
      `insert into artifact_labels (artifact_id, label_id)
      select a.id, ${label(name)} from n cross join ${artifactOf(`(1 + (i - 1) * ${interval})`)}`,
    );
  return [
    ...[COMMON_LABEL, RARE_LABEL].map((name) =>
      once(`insert into labels (name, project_id, created_at_ms, updated_at_ms)
        values ('${name}', ${PROJECT}, ${SEEDED_AT_MS}, ${SEEDED_AT_MS})`),
    ),
    ...each(10, COMMON_LABEL),
    ...each(1_000, RARE_LABEL),
  ];
}

function auditLog(size: SeedSize): SeedStatement[] {
  const name = `${SEEDED_PROJECT}/${LARGE_REPOSITORY}`;
  return counted(
    1,
    size.auditEntries,
    `insert into audit_log (operation_id, project_id, operation, resource_type, resource, username, description, is_success,
      source_address, at_ms)
    select printf('00000000-0000-4000-8000-%012x', i), ${PROJECT}, 'create', 'artifact', '${name}:' || ${tagName('i')}, 'admin',
      'push artifact: ${name}@' || ${digestOf('i')}, 1, '192.0.2.1', ${SEEDED_AT_MS} + i * 1000 from n`,
  );
}

function inProject(name: string): string {
  return `(select id from repositories where project_id = ${PROJECT} and name = ${name})`;
}

function serviceName(i: string): string {
  return `printf('team-%03d/service-%05d', ${i} % 100, ${i})`;
}

function tagName(i: string): string {
  return `printf('v%d.%d', ${i} / 100, ${i} % 100)`;
}

function digestOf(i: string): string {
  return `'sha256:' || printf('%064x', ${i})`;
}

/** The artifact whose manifest is that blob, as `a`. */
function artifactOf(i: string): string {
  return `blobs m on m.digest = ${digestOf(i)} cross join artifacts a on a.manifest_blob_id = m.id`;
}

function once(sql: string): SeedStatement {
  return { sql, bindings: [] };
}

export function counted(first: number, last: number, sql: string): SeedStatement[] {
  const statements: SeedStatement[] = [];
  for (let from = first; from <= last; from += ROWS_A_STATEMENT) {
    const to = Math.min(from + ROWS_A_STATEMENT - 1, last);
    statements.push({ sql: `${COUNTING} ${sql}`, bindings: [from, to] });
  }
  return statements;
}
