import { AppError } from '#core/errors';
import type { Project } from '#domain/projects/project';

/** Reads a value as Harbor does: the form it is kept in, or undefined when it is none. */
type Reader = (text: string) => string | undefined;

/** Booleans as Go's `strconv.ParseBool` takes them. */
const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

function flag(text: string): string | undefined {
  if (TRUE.has(text)) return 'true';
  return FALSE.has(text) ? 'false' : undefined;
}

/** Ratings of CVSS v3; `negligible` is an older word for none. */
const SEVERITIES: ReadonlySet<string> = new Set(['none', 'low', 'medium', 'high', 'critical']);

function severity(text: string): string | undefined {
  const lower = text.toLowerCase();
  if (lower === 'negligible') return 'none';
  return SEVERITIES.has(lower) ? lower : undefined;
}

const MAX_INT32 = 2 ** 31 - 1;

function int32(text: string): string | undefined {
  if (!/^[+-]?\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  // Adding 0 makes of -0 what it is to everybody else.
  return value >= -MAX_INT32 - 1 && value <= MAX_INT32 ? String(value + 0) : undefined;
}

function connectionLimit(text: string): string | undefined {
  const value = int32(text);
  return value !== undefined && (Number(value) > 0 || value === '-1') ? value : undefined;
}

/**
 * Every key a project's metadata may have, and what it takes (`harbor:src/server/v2.0/handler/project_metadata.go`).
 * `retention_id` is none of them: it is set where a retention policy is made.
 */
const READERS = {
  public: flag,
  enable_content_trust: flag,
  enable_content_trust_cosign: flag,
  prevent_vul: flag,
  severity,
  auto_scan: flag,
  auto_sbom_generation: flag,
  reuse_sys_cve_allowlist: flag,
  proxy_cache_local_on_not_found: flag,
  proxy_referrer_api: flag,
  /** Kilobytes a second; -1 is no limit. */
  proxy_speed_kb: int32,
  /** Connections; -1 is no limit. */
  max_upstream_conn: connectionLimit,
} as const satisfies Record<string, Reader>;

export type MetadataKey = keyof typeof READERS;

export const METADATA_KEYS = Object.keys(READERS) as readonly MetadataKey[];

/** Keys that mean something in a proxy cache alone; in the body of another project Harbor passes over them. */
export const PROXY_KEYS = [
  'proxy_speed_kb',
  'max_upstream_conn',
  'proxy_cache_filter_pattern',
  'proxy_cache_filter_kind',
] as const;

export type ProjectMetadata = { readonly [K in MetadataKey]?: string };

/** Of what a client sent, so much is repeated to it. */
const MAX_TOLD_LENGTH = 64;

/** BAD_REQUEST for a key that nobody may set in a project that is no proxy cache. */
export function requireMetadataKey(key: string): MetadataKey {
  if (key === 'proxy_cache_filter_pattern' || key === 'proxy_cache_filter_kind') {
    throw new AppError('BAD_REQUEST', {
      message: 'can not update the normal project with proxy cache filter metadata',
    });
  }
  if (!Object.hasOwn(READERS, key)) {
    throw new AppError('BAD_REQUEST', { message: `invalid key: ${key.slice(0, MAX_TOLD_LENGTH)}` });
  }
  return key as MetadataKey;
}

/** BAD_REQUEST for the key that goes with something else: without it nobody would find the policy that goes on deleting. */
export function requireDeletableMetadata(key: string): void {
  if (key !== 'retention_id') return;
  throw new AppError('BAD_REQUEST', {
    message: 'retention_id goes with its retention policy, which DELETE /retentions/{id} deletes',
  });
}

/** The value in the form it is kept in; BAD_REQUEST when the key does not take it. */
export function requireMetadataValue(key: MetadataKey, value: string): string {
  const read = READERS[key](value);
  if (read !== undefined) return read;
  throw new AppError('BAD_REQUEST', {
    message: `invalid value: ${value.slice(0, MAX_TOLD_LENGTH)}`,
    detail: { key },
  });
}

/** What somebody is told who adds a key that has a value. */
export function takenMetadata(project: Project, key: string): string {
  return `metadata ${key} already exists for project ${project.id}`;
}

/** What somebody is told who asks for a key that has no value. */
export function absentMetadata(project: Project, key: string): string {
  return `metadata ${key.slice(0, MAX_TOLD_LENGTH)} of project ${project.id} not found`;
}
