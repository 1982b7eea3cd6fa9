import { z } from 'zod';
import { type Digest, parseDigest } from '#core/digest';
import { isMediaType, isNonDistributable, isSchema1, MEDIA_TYPES, withoutParameters } from '#core/media-types';
import { err, ok, type Result } from '#core/result';

/** Largest manifest the registry accepts, in bytes; the OCI distribution-spec asks for at least 4 MiB. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** OCI image-spec, descriptor.md. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** Texts and lists of texts, as image-index.md has it; anything else in it is left out. */
  readonly platform?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Where else the content is said to be. */
  readonly urls?: readonly string[] | undefined;
}

/** What the registry needs to know of a manifest; its bytes are kept beside it, untouched. */
export interface Manifest {
  readonly mediaType: string;
  readonly config: Descriptor | undefined;
  /** In their order, those that are not distributable too. */
  readonly layers: readonly Descriptor[];
  /** Every blob the registry must hold for this manifest: config and distributable layers. */
  readonly blobs: readonly Descriptor[];
  /** Manifests an index points at. */
  readonly children: readonly Descriptor[];
  readonly subject: Descriptor | undefined;
  /** What a referrers listing calls this manifest (distribution-spec §"Listing Referrers"); undefined is left out. */
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  /** Bytes of config and layers, foreign ones left out. */
  readonly contentSizeBytes: number;
}

/** A field's name may be the key of an annotation, of any length. */
const MAX_TOLD_LENGTH = 256;

export type ManifestProblem =
  | { readonly reason: 'content-type'; readonly contentType: string }
  | { readonly reason: 'schema-1' }
  | { readonly reason: 'not-json' }
  | { readonly reason: 'media-type-mismatch'; readonly contentType: string; readonly mediaType: string }
  | { readonly reason: 'field'; readonly field: string; readonly problem: string };

const stringMap = z.record(z.string(), z.string());

/** RFC 6838 §4.2: two names of up to 127 characters. */
const mediaTypeText = z.string().max(255);
const platformValue = z.union([z.string(), z.array(z.string())]);

/** What is not as it should be is not worth refusing a manifest for, nor keeping in a row. */
function knownPlatform(platform: Record<string, unknown>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(platform).flatMap(([key, value]) => {
      const known = platformValue.safeParse(value);
      return known.success ? [[key, known.data] as const] : [];
    }),
  );
}

function knownUrls(urls: unknown): readonly string[] | undefined {
  const known = Array.isArray(urls) ? urls.filter((url) => typeof url === 'string') : [];
  return known.length > 0 ? known : undefined;
}

const descriptorSchema = z.object({
  mediaType: z.string().refine(isMediaType, 'is not a media type'),
  digest: z.string().transform((text, context): Digest => {
    const digest = parseDigest(text);
    if (digest) return digest;
    context.addIssue({ code: 'custom', message: 'is not a digest of a supported algorithm' });
    return z.NEVER;
  }),
  // A safe integer: clients in Go read it into an int64, and others lose digits beyond.
  size: z.int().nonnegative(),
  artifactType: mediaTypeText.optional(),
  annotations: stringMap.nullish().transform((value) => value ?? undefined),
  platform: z.record(z.string(), z.unknown()).transform(knownPlatform).optional(),
  urls: z.unknown().optional().transform(knownUrls),
});

/** The union of what image manifests, indexes and the retired artifact manifest hold; unknown fields are left alone. */
const manifestSchema = z.object({
  schemaVersion: z.literal(2).optional(),
  mediaType: mediaTypeText.optional(),
  artifactType: mediaTypeText.optional(),
  config: descriptorSchema.optional(),
  layers: z.array(descriptorSchema).nullish(),
  blobs: z.array(descriptorSchema).nullish(),
  manifests: z.array(descriptorSchema).nullish(),
  subject: descriptorSchema.nullish(),
  annotations: stringMap.nullish(),
});

/** Reads a manifest pushed as `contentType` (OCI image-spec manifest.md, image-index.md; Docker schema 2). */
export function parseManifest(bytes: Uint8Array, contentType: string): Result<Manifest, ManifestProblem> {
  const mediaType = withoutParameters(contentType);
  if (!isMediaType(mediaType)) return err({ reason: 'content-type', contentType });
  if (isSchema1(mediaType)) return err({ reason: 'schema-1' });
  const json = parseJson(bytes);
  if (json === undefined) return err({ reason: 'not-json' });
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) return err(firstProblem(parsed.error));
  const body = parsed.data;
  if (body.mediaType !== undefined && body.mediaType !== mediaType) {
    return err({ reason: 'media-type-mismatch', contentType: mediaType, mediaType: body.mediaType });
  }
  const problem = missingField(mediaType, body) ?? foreignField(mediaType, body);
  if (problem) return err(problem);
  const manifest = toManifest(mediaType, body);
  if (bytes.length + manifest.contentSizeBytes <= Number.MAX_SAFE_INTEGER) return ok(manifest);
  return err({ reason: 'field', field: 'layers', problem: 'have sizes whose sum is out of bounds' });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function firstProblem(error: z.ZodError): ManifestProblem {
  const issue = error.issues[0];
  const field = issue?.path.join('.').slice(0, MAX_TOLD_LENGTH) || 'manifest';
  return { reason: 'field', field, problem: issue?.message ?? 'is invalid' };
}

/** Fields without which a manifest of a well-known type means nothing. */
function missingField(mediaType: string, body: z.infer<typeof manifestSchema>): ManifestProblem | undefined {
  const needs = (field: 'config' | 'layers' | 'manifests' | 'schemaVersion'): ManifestProblem | undefined =>
    body[field] === undefined ? { reason: 'field', field, problem: 'is required' } : undefined;
  switch (mediaType) {
    case MEDIA_TYPES.ociManifest:
      return needs('schemaVersion') ?? needs('config');
    case MEDIA_TYPES.dockerManifest:
      return needs('schemaVersion') ?? needs('config') ?? needs('layers');
    case MEDIA_TYPES.ociIndex:
    case MEDIA_TYPES.dockerManifestList:
      return needs('schemaVersion') ?? needs('manifests');
    default:
      return undefined;
  }
}

/**
 * Fields of an index in an image manifest, and the other way round: what such a thing is would depend on who reads it
 * (CVE-2021-41190; image-spec manifest.md and image-index.md on `mediaType`).
 */
function foreignField(mediaType: string, body: z.infer<typeof manifestSchema>): ManifestProblem | undefined {
  const fields = FOREIGN_FIELDS[mediaType] ?? [];
  const field = fields.find((name) => body[name] !== undefined && body[name] !== null);
  return field && { reason: 'field', field, problem: `does not belong into ${mediaType}` };
}

const FOREIGN_FIELDS: Readonly<Record<string, readonly ('config' | 'layers' | 'manifests')[]>> = {
  [MEDIA_TYPES.ociManifest]: ['manifests'],
  [MEDIA_TYPES.dockerManifest]: ['manifests'],
  [MEDIA_TYPES.ociIndex]: ['config', 'layers'],
  [MEDIA_TYPES.dockerManifestList]: ['config', 'layers'],
};

function toManifest(mediaType: string, body: z.infer<typeof manifestSchema>): Manifest {
  const layers = [...(body.layers ?? []), ...(body.blobs ?? [])];
  const held = layers.filter((layer) => !isNonDistributable(layer.mediaType));
  const blobs = body.config ? [body.config, ...held] : held;
  return {
    mediaType,
    config: body.config,
    layers,
    blobs,
    children: body.manifests ?? [],
    subject: body.subject ?? undefined,
    artifactType: body.artifactType || body.config?.mediaType,
    annotations: body.annotations ?? {},
    contentSizeBytes: blobs.reduce((sum, blob) => sum + blob.size, 0),
  };
}

/** A sentence for the client; names the field, never the content. */
export function describeManifestProblem(problem: ManifestProblem): string {
  switch (problem.reason) {
    case 'content-type':
      return 'the Content-Type of a manifest must be a media type';
    case 'schema-1':
      return 'Docker schema 1 manifests are not supported';
    case 'not-json':
      return 'the manifest is not JSON in UTF-8';
    case 'media-type-mismatch':
      return `the manifest says mediaType ${problem.mediaType} but was pushed as ${problem.contentType}`;
    case 'field':
      return `${problem.field}: ${problem.problem}`;
    default:
      return problem satisfies never;
  }
}
