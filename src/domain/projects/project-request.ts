import { AppError } from '#core/errors';
import type { Configuration } from '#domain/configuration/catalog';
import { type CveAllowlistDraft, requireCveIds } from '#domain/cve-allowlists/cve-allowlist';
import {
  METADATA_KEYS,
  type MetadataKey,
  PROXY_KEYS,
  type ProjectMetadata,
  requireMetadataValue,
} from '#domain/projects/project-metadata';
import type { ProjectChange } from '#domain/projects/project-store';

/** What somebody asks of a project, in its own words. */
export interface ProjectRequest {
  /** Texts by key; a key that is empty is one that was left out. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly allowlist: CveAllowlistDraft | undefined;
}

const PASSED_OVER: ReadonlySet<string> = new Set(PROXY_KEYS);

/** BAD_REQUEST for a value that its key does not take, and for an allowlist that is none. */
export function readProjectRequest({ metadata, allowlist }: ProjectRequest): ProjectChange {
  const wanted = METADATA_KEYS.filter((key) => !PASSED_OVER.has(key) && metadata[key]);
  const values = wanted.map((key): [MetadataKey, string] => [key, requireMetadataValue(key, metadata[key] ?? '')]);
  const { public: visibility, ...others } = Object.fromEntries(values) as ProjectMetadata;
  return {
    isPublic: visibility === undefined ? undefined : visibility === 'true',
    metadata: others,
    allowlist: allowlist && { ...allowlist, cveIds: requireCveIds(allowlist.cveIds) },
  };
}

/** As {@link readProjectRequest}, of a project about to be; `isPublicByDefault` counts where the metadata do not say. */
export function readNewProject(request: ProjectRequest, isPublicByDefault: boolean) {
  if (request.metadata['retention_id']) {
    throw new AppError('BAD_REQUEST', {
      message:
        "the retention_id in the request's payload when creating a project should be omitted, alternatively passing an empty string",
    });
  }
  const wanted = readProjectRequest(request);
  return { ...wanted, isPublic: wanted.isPublic ?? isPublicByDefault };
}

/** Most bytes that a limit can be: 1,024 TiB, as in Harbor. */
const MAX_STORAGE_LIMIT_BYTES = 2 ** 50;

/**
 * The bytes a new project may hold; -1 is no limit. Who may not choose, or asks for 0, gets what is configured for every
 * project, and nobody gets a limit while there are no quotas. BAD_REQUEST for a limit that is none
 * (`harbor:src/lib/quota_storage_limit.go`).
 */
export function readStorageLimit(
  bytes: number,
  {
    quota_per_project_enable: areQuotasOn,
    storage_per_project: usual,
  }: Pick<Configuration, 'quota_per_project_enable' | 'storage_per_project'>,
  isChosen: boolean,
): number {
  if (!areQuotasOn) return -1;
  const limit = bytes === 0 || !isChosen ? usual : bytes;
  if (limit <= 0 && limit !== -1) {
    throw new AppError('BAD_REQUEST', { message: `invalid non-positive value for quota limit, value=${limit}` });
  }
  if (limit > MAX_STORAGE_LIMIT_BYTES) {
    throw new AppError('BAD_REQUEST', {
      message: `exceeded 1024TB, which is ${MAX_STORAGE_LIMIT_BYTES} Bytes, value=${limit}`,
    });
  }
  return limit;
}
