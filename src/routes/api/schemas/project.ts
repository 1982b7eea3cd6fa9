import { z } from '@hono/zod-openapi';
import type { ProjectSummary } from '#domain/projects/project-store';
import { orNull, toFlag, toTimestamp } from '#routes/api/schemas/common';

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
    proxy_speed_kb: metadataValue,
    max_upstream_conn: metadataValue,
    proxy_cache_local_on_not_found: metadataValue,
    proxy_referrer_api: metadataValue,
    proxy_cache_filter_pattern: metadataValue,
    proxy_cache_filter_kind: metadataValue,
  })
  .openapi('ProjectMetadata');

/** Metadata that is a boolean: read as Go reads one, kept as `true` or `false`. */
const FLAGS: ReadonlySet<string> = new Set([
  'public',
  'enable_content_trust',
  'enable_content_trust_cosign',
  'prevent_vul',
  'auto_scan',
  'auto_sbom_generation',
  'reuse_sys_cve_allowlist',
]);

/** What is set of it, in the form it is kept in. BAD_REQUEST for a boolean that is none. */
export function toMetadata(
  metadata: z.infer<typeof projectMetadataSchema> | null | undefined,
): Partial<Record<keyof z.infer<typeof projectMetadataSchema>, string>> {
  return Object.fromEntries(
    Object.entries(metadata ?? {}).flatMap(([key, value]) => {
      if (typeof value !== 'string') return [];
      return [[key, FLAGS.has(key) ? String(toFlag(`metadata.${key}`, value)) : value]];
    }),
  );
}

export const projectReqSchema = z
  .object({
    project_name: z.string().max(1_024),
    public: z.boolean().nullish().openapi({ description: 'deprecated: use metadata.public' }),
    metadata: orNull(projectMetadataSchema).optional(),
    storage_limit: z
      .int()
      .nullish()
      .openapi({ description: 'bytes, -1 for no limit; accepted and without effect, as no project has a quota' }),
    registry_id: z.int().nullish().openapi({ description: 'of a proxy cache project; refused, as there are none' }),
    cve_allowlist: z
      .unknown()
      .optional()
      .openapi({ description: 'accepted and without effect, as nothing is scanned' }),
  })
  .openapi('ProjectReq');

export const projectSchema = z
  .object({
    project_id: z.int(),
    owner_id: z.int(),
    name: z.string(),
    creation_time: z.iso.datetime(),
    update_time: z.iso.datetime(),
    owner_name: z.string(),
    current_user_role_id: z.int().optional(),
    current_user_role_ids: z.array(z.int()).nullable(),
    repo_count: z.int(),
    metadata: z.record(z.string(), z.string()),
    cve_allowlist: z.object({
      project_id: z.int(),
      items: z.array(z.object({ cve_id: z.string() })),
    }),
  })
  .openapi('Project');

/** Roles by the extent of their rights, the widest first: administrator, maintainer, developer, guest, limited guest. */
const ROLES_BY_RANK: readonly number[] = [1, 4, 2, 3, 5];

export function toProjectDto(summary: ProjectSummary): z.infer<typeof projectSchema> {
  const { project, repositoryCount, metadata, callerRoles } = summary;
  const [widestRole] = [...callerRoles].sort((a, b) => ROLES_BY_RANK.indexOf(a) - ROLES_BY_RANK.indexOf(b));
  return {
    project_id: project.id,
    owner_id: project.ownerId,
    name: project.name,
    creation_time: toTimestamp(project.createdAtMs),
    update_time: toTimestamp(project.updatedAtMs),
    owner_name: project.ownerName,
    ...(widestRole !== undefined && { current_user_role_id: widestRole }),
    current_user_role_ids: callerRoles.length > 0 ? [...callerRoles] : null,
    repo_count: repositoryCount,
    metadata: { ...metadata, public: String(project.isPublic) },
    cve_allowlist: { project_id: project.id, items: [] },
  };
}
