import { z } from '@hono/zod-openapi';
import { ROLES } from '#core/rbac/role-matrix';
import type { ProjectFigures, ProjectSummary } from '#domain/projects/project-listing';
import type { ProjectRequest } from '#domain/projects/project-request';
import { orNull, toTimestamp } from '#routes/api/schemas/common';
import {
  cveAllowlistReqSchema,
  cveAllowlistSchema,
  toAllowlistDraft,
  toProjectAllowlistDto,
  UNREAD_ALLOWLIST,
} from '#routes/api/schemas/cve-allowlist';

const metadataValue = z.string().max(1_024).nullish();

/** Harbor's `ProjectMetadata`: text keys and values. */
const projectMetadataSchema = z
  .object({
    public: metadataValue,
    enable_content_trust: metadataValue,
    enable_content_trust_cosign: metadataValue,
    prevent_vul: metadataValue,
    severity: metadataValue,
    auto_scan: metadataValue,
    auto_sbom_generation: metadataValue,
    reuse_sys_cve_allowlist: metadataValue,
    retention_id: metadataValue,
    proxy_speed_kb: metadataValue,
    max_upstream_conn: metadataValue,
    proxy_cache_local_on_not_found: metadataValue,
    proxy_referrer_api: metadataValue,
    proxy_cache_filter_pattern: metadataValue,
    proxy_cache_filter_kind: metadataValue,
  })
  .openapi('ProjectMetadata');

export const projectReqSchema = z
  .object({
    project_name: z.string().max(255).nullish(),
    public: z.boolean().nullish().openapi({ description: 'deprecated: use metadata.public' }),
    metadata: orNull(projectMetadataSchema).optional(),
    storage_limit: z
      .int()
      .nullish()
      .openapi({ description: 'bytes, -1 for no limit; counts at creation, by those who may create any project' }),
    registry_id: z.int().nullish().openapi({ description: 'of a proxy cache project; refused, as there are none' }),
    cve_allowlist: orNull(cveAllowlistReqSchema).optional(),
  })
  .openapi('ProjectReq');

type ProjectReq = z.infer<typeof projectReqSchema>;

/** What is set of the metadata, and the allowlist. */
export function toProjectRequest({ metadata, cve_allowlist: allowlist }: ProjectReq): ProjectRequest {
  const entries = Object.entries(metadata ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { metadata: Object.fromEntries(entries), allowlist: allowlist ? toAllowlistDraft(allowlist) : undefined };
}

export const projectSchema = z
  .object({
    project_id: z.int(),
    owner_id: z.int(),
    name: z.string(),
    creation_time: z.iso.datetime(),
    update_time: z.iso.datetime(),
    owner_name: z.string().optional(),
    current_user_role_id: z.int().optional(),
    current_user_role_ids: z.array(z.int()).nullable(),
    repo_count: z.int(),
    metadata: z.record(z.string(), z.string()).optional(),
    cve_allowlist: cveAllowlistSchema,
  })
  .openapi('Project');

/** Roles by the extent of their rights, the widest first: administrator, maintainer, developer, guest, limited guest. */
const ROLES_BY_RANK: readonly number[] = [1, 4, 2, 3, 5];

/** Without details a project comes without metadata and the name of its owner, and with an allowlist of nothing. */
export function toProjectDto(summary: ProjectSummary): z.infer<typeof projectSchema> {
  const { project, repositoryCount, detail, callerRoles } = summary;
  const [widestRole] = [...callerRoles].sort((a, b) => ROLES_BY_RANK.indexOf(a) - ROLES_BY_RANK.indexOf(b));
  return {
    project_id: project.id,
    owner_id: project.ownerId,
    name: project.name,
    creation_time: toTimestamp(project.createdAtMs),
    update_time: toTimestamp(project.updatedAtMs),
    ...(detail && { owner_name: project.ownerName }),
    ...(widestRole !== undefined && { current_user_role_id: widestRole }),
    current_user_role_ids: callerRoles.length > 0 ? [...callerRoles] : null,
    repo_count: repositoryCount,
    ...(detail && { metadata: { ...detail.metadata, public: String(project.isPublic) } }),
    cve_allowlist: detail ? toProjectAllowlistDto(project, detail.allowlist) : UNREAD_ALLOWLIST,
  };
}

export const projectDeletableSchema = z
  .object({
    deletable: z.literal(true).optional().openapi({ description: 'left out when it is not' }),
    message: z.string().optional(),
  })
  .openapi('ProjectDeletable');

const storageSchema = z.object({ storage: z.int() }).openapi('ResourceList');

export const projectSummarySchema = z
  .object({
    repo_count: z.int(),
    project_admin_count: z.int().optional(),
    maintainer_count: z.int().optional(),
    developer_count: z.int().optional(),
    guest_count: z.int().optional(),
    limited_guest_count: z.int().optional(),
    quota: z.object({ hard: storageSchema, used: storageSchema }).optional(),
  })
  .openapi('ProjectSummary');

const COUNT_OF_ROLE = {
  project_admin_count: ROLES.projectAdmin,
  maintainer_count: ROLES.maintainer,
  developer_count: ROLES.developer,
  guest_count: ROLES.guest,
  limited_guest_count: ROLES.limitedGuest,
} as const;

/** What the caller may see of a project's figures. */
export interface VisibleFigures {
  readonly isQuotaVisible: boolean;
  readonly areMembersVisible: boolean;
}

/** A count of nobody is left out, as in Harbor. */
export function toProjectSummaryDto(
  { repositoryCount, memberCounts, quota }: ProjectFigures,
  { isQuotaVisible, areMembersVisible }: VisibleFigures,
): z.infer<typeof projectSummarySchema> {
  const counts = Object.entries(COUNT_OF_ROLE).flatMap(([field, role]) => {
    const count = memberCounts.get(role);
    return areMembersVisible && count ? [[field, count]] : [];
  });
  return {
    repo_count: repositoryCount,
    ...Object.fromEntries(counts),
    ...(isQuotaVisible && { quota: { hard: { storage: quota.hardBytes }, used: { storage: quota.usedBytes } } }),
  };
}
