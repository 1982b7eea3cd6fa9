import { z } from '@hono/zod-openapi';
import type { Artifact, ArtifactReference } from '#domain/artifacts/artifact';

export const annotationsSchema = z.record(z.string(), z.string());

/** Harbor's document quotes two of the names, and so they are on the wire. */
const platformSchema = z
  .object({
    architecture: z.string().optional(),
    os: z.string().optional(),
    variant: z.string().optional(),
    "'os.version'": z.string().optional(),
    "'os.features'": z.array(z.string()).nullable(),
  })
  .openapi('Platform');

export const referenceSchema = z
  .object({
    parent_id: z.int(),
    child_id: z.int().optional(),
    child_digest: z.string(),
    platform: platformSchema.optional(),
    annotations: annotationsSchema.optional(),
    urls: z.array(z.string()).nullable(),
  })
  .openapi('Reference');

export function toReferenceDto(parent: Artifact, reference: ArtifactReference): z.infer<typeof referenceSchema> {
  return {
    parent_id: parent.id,
    ...(reference.childId !== undefined && { child_id: reference.childId }),
    child_digest: reference.childDigest,
    ...(reference.platform && { platform: toPlatformDto(reference.platform) }),
    ...(reference.annotations && { annotations: { ...reference.annotations } }),
    urls: reference.urls ? [...reference.urls] : null,
  };
}

function toPlatformDto(platform: Readonly<Record<string, unknown>>): z.infer<typeof platformSchema> {
  const text = (key: string) => {
    const value = platform[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [architecture, os, variant, version] = ['architecture', 'os', 'variant', 'os.version'].map(text);
  const features = platform['os.features'];
  return {
    ...(architecture && { architecture }),
    ...(os && { os }),
    ...(variant && { variant }),
    ...(version && { "'os.version'": version }),
    "'os.features'": Array.isArray(features) ? features.map(String) : null,
  };
}
