import { type LabelRow, toLabel } from '#adapters/d1/label-rows';
import type { Digest } from '#core/digest';
import { type RepositoryName, repositoryName } from '#core/reference';
import type { Accessory, AccessoryType } from '#domain/artifacts/accessory';
import type { Artifact, ArtifactReference, ArtifactTag } from '#domain/artifacts/artifact';

export interface ArtifactRow {
  id: number;
  project_id: number;
  repository_id: number;
  project: string;
  repository: string;
  digest: string;
  manifest_media_type: string;
  media_type: string;
  artifact_type: string | null;
  type: string;
  extra_attributes: string | null;
  icon_digest: string | null;
  size_bytes: number;
  pushed_at_ms: number;
  pulled_at_ms: number | null;
  annotations: string | null;
}

export interface TagRow {
  id: number;
  artifact_id: number;
  name: string;
  pushed_at_ms: number;
  pulled_at_ms: number | null;
}

export interface ReferenceRow {
  parent_id: number;
  child_digest: string;
  child_id: number | null;
  platform: string | null;
  annotations: string | null;
  urls: string | null;
}

/** A label an artifact carries. */
export interface AttachedLabelRow extends LabelRow {
  readonly artifact_id: number;
}

export interface AccessoryRow {
  id: number;
  type: AccessoryType;
  digest: string;
  size_bytes: number;
  pushed_at_ms: number;
  subject_digest: string;
  subject_id: number;
}

/** An accessory, and the artifact it is shown with. */
export interface ShownAccessoryRow extends AccessoryRow {
  artifact_id: number;
}

/** What belongs to artifacts, by their ids. */
export interface PartRows {
  readonly tags: ReadonlyMap<number, readonly TagRow[]>;
  readonly references: ReadonlyMap<number, readonly ReferenceRow[]>;
  readonly labels: ReadonlyMap<number, readonly AttachedLabelRow[]>;
  readonly accessories: ReadonlyMap<number, readonly ShownAccessoryRow[]>;
  readonly inheritedAccessories: ReadonlyMap<number, readonly ShownAccessoryRow[]>;
}

/**
 * Harbor's `media_type` (`harbor:src/controller/artifact/manifest`): that of the config, of a well-known thing that a
 * manifest says it is, or of the manifest itself.
 */
export const MEDIA_TYPE = `case a.type
    when 'WASM' then 'application/vnd.wasm.config.v1+json' when 'CNAB' then 'application/vnd.cnab.manifest.v1'
    else coalesce(a.config_media_type, a.manifest_media_type) end`;

const artifactsShowing = (shown: (column: string) => string) => `
  select a.id, r.project_id, a.repository_id, p.name as project, r.name as repository, a.digest, a.manifest_media_type,
    ${MEDIA_TYPE} as media_type, a.artifact_type, a.type, ${shown('extra_attributes')}, a.icon_digest, a.size_bytes,
    a.pushed_at_ms, a.pulled_at_ms, ${shown('annotations')}
  from artifacts a
  join repositories r on r.id = a.repository_id
  join projects p on p.id = r.project_id`;

/** Annotations, and extra attributes, that are longer than this as JSON are not in a list, which may be of a thousand. */
const MAX_LISTED_LENGTH = 10_000;

export const ARTIFACT = artifactsShowing((column) => `a.${column}`);
export const LISTED_ARTIFACT = artifactsShowing(
  (column) => `iif(length(a.${column}) <= ${MAX_LISTED_LENGTH}, a.${column}, null) as ${column}`,
);

export function toArtifact(row: ArtifactRow, parts: PartRows): Artifact {
  const repository = repositoryName(row.project, row.repository);
  const toAccessoryHere = (accessory: AccessoryRow) => toAccessory(accessory, repository);
  return {
    id: row.id,
    projectId: row.project_id,
    repositoryId: row.repository_id,
    repository,
    digest: row.digest as Digest,
    manifestMediaType: row.manifest_media_type,
    mediaType: row.media_type,
    artifactType: row.artifact_type ?? undefined,
    type: row.type,
    extraAttributes: parseJson(row.extra_attributes),
    iconDigest: (row.icon_digest as Digest | null) ?? undefined,
    sizeBytes: row.size_bytes,
    pushedAtMs: row.pushed_at_ms,
    pulledAtMs: row.pulled_at_ms ?? undefined,
    annotations: parseJson(row.annotations),
    references: (parts.references.get(row.id) ?? []).map(toReference),
    tags: (parts.tags.get(row.id) ?? []).map(toTag),
    labels: (parts.labels.get(row.id) ?? []).map(toLabel),
    accessories: (parts.accessories.get(row.id) ?? []).map(toAccessoryHere),
    inheritedAccessories: (parts.inheritedAccessories.get(row.id) ?? []).map(toAccessoryHere),
  };
}

export function toAccessory(row: AccessoryRow, subjectRepository: RepositoryName): Accessory {
  return {
    artifactId: row.id,
    type: row.type,
    digest: row.digest as Digest,
    sizeBytes: row.size_bytes,
    createdAtMs: row.pushed_at_ms,
    subjectDigest: row.subject_digest as Digest,
    subjectRepository,
    subjectId: row.subject_id,
  };
}

function toTag(row: TagRow): ArtifactTag {
  return { id: row.id, name: row.name, pushedAtMs: row.pushed_at_ms, pulledAtMs: row.pulled_at_ms ?? undefined };
}

function toReference(row: ReferenceRow): ArtifactReference {
  return {
    childDigest: row.child_digest as Digest,
    childId: row.child_id ?? undefined,
    platform: parseJson(row.platform),
    annotations: parseJson(row.annotations),
    urls: parseJson(row.urls),
  };
}

/** JSON that this registry wrote itself. */
function parseJson<T>(text: string | null): T | undefined {
  return text === null ? undefined : (JSON.parse(text) as T);
}
