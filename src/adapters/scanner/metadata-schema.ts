import { z } from 'zod';
import type { ScannerMetadata } from '#domain/scanners/scanner-metadata';

const MAX_CAPABILITIES = 32;
const MAX_MEDIA_TYPES = 256;
const MAX_PROPERTIES = 256;

const wordSchema = z.string().max(256);
const mediaTypesSchema = z.array(wordSchema).max(MAX_MEDIA_TYPES).nullish();

/** Body of `GET /api/v1/metadata` (pluggable scanner API 1.2). What it does not name is passed over. */
const metadataSchema = z.object({
  scanner: z
    .object({ name: wordSchema.nullish(), vendor: wordSchema.nullish(), version: wordSchema.nullish() })
    .nullish(),
  capabilities: z
    .array(
      z.object({
        type: wordSchema.nullish(),
        consumes_mime_types: mediaTypesSchema,
        produces_mime_types: mediaTypesSchema,
      }),
    )
    .max(MAX_CAPABILITIES)
    .nullish(),
  properties: z
    .record(wordSchema, z.string().max(4_096))
    .refine((properties) => Object.keys(properties).length <= MAX_PROPERTIES)
    .nullish(),
});

/** Undefined for what has not the shape of metadata; whether they are of use is another question. */
export function parseMetadata(text: string): ScannerMetadata | undefined {
  const parsed = metadataSchema.safeParse(toJson(text));
  if (!parsed.success) return undefined;
  const { scanner, capabilities, properties } = parsed.data;
  return {
    adapter: { name: scanner?.name ?? '', vendor: scanner?.vendor ?? '', version: scanner?.version ?? '' },
    capabilities: (capabilities ?? []).map((capability) => ({
      type: capability.type ?? '',
      consumes: capability.consumes_mime_types ?? [],
      produces: capability.produces_mime_types ?? [],
    })),
    properties: properties ?? {},
  };
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
