import { z } from '@hono/zod-openapi';
import type { Scanner } from '#domain/scanners/scanner';
import { type ScannerMetadata, supportOf } from '#domain/scanners/scanner-metadata';
import type { ScannerRequest, ScannerTrial } from '#domain/scanners/scanner-service';
import type { WatchedScanner } from '#domain/scanners/scanner-watch';
import { toTimestamp } from '#routes/api/schemas/common';

/** An address as Go's `url.ParseRequestURI` takes it: absolute, or a path. */
const uriSchema = z
  .string()
  .refine((text) => /^(?:[a-z][a-z0-9+.-]*:|\/)\S*$/i.test(text), 'must be of type uri')
  .openapi({ format: 'uri' });

export const scannerTrialSchema = z
  .object({
    name: z.string(),
    url: uriSchema,
    auth: z.string().nullish(),
    access_credential: z.string().nullish(),
  })
  .openapi('ScannerRegistrationSettings');

export const scannerReqSchema = scannerTrialSchema
  .extend({
    description: z.string().nullish(),
    skip_certVerify: z.boolean().nullish(),
    use_internal_addr: z.boolean().nullish(),
    disabled: z.boolean().nullish(),
  })
  .openapi('ScannerRegistrationReq');

export const isDefaultSchema = z.object({ is_default: z.boolean().nullish() }).openapi('IsDefault');

export const projectScannerSchema = z.object({ uuid: z.string() }).openapi('ProjectScanner');

export const scannerSchema = z
  .object({
    uuid: z.string(),
    name: z.string(),
    description: z.string(),
    url: z.string(),
    disabled: z.boolean(),
    is_default: z.boolean(),
    auth: z.string(),
    access_credential: z.literal('').openapi({ description: 'never shown' }),
    skip_certVerify: z.boolean(),
    use_internal_addr: z.boolean(),
    create_time: z.iso.datetime(),
    update_time: z.iso.datetime(),
    adapter: z.string().optional(),
    vendor: z.string().optional(),
    version: z.string().optional(),
    health: z.enum(['healthy', 'unhealthy']).optional(),
    capabilities: z
      .object({ support_vulnerability: z.boolean().optional(), support_sbom: z.boolean().optional() })
      .optional(),
  })
  .openapi('ScannerRegistration');

/** What a project without scanner has. Harbor sends no body, which clients that decode every answer stumble over. */
export const noScannerSchema = z.strictObject({}).openapi('NoScanner');

export const scannerMetadataSchema = z
  .object({
    scanner: z.object({ name: z.string(), vendor: z.string(), version: z.string() }).openapi('Scanner'),
    capabilities: z.array(
      z
        .object({
          type: z.string(),
          consumes_mime_types: z.array(z.string()),
          produces_mime_types: z.array(z.string()),
        })
        .openapi('ScannerCapability'),
    ),
    properties: z.record(z.string(), z.string()).optional(),
  })
  .openapi('ScannerAdapterMetadata');

export function toScannerTrial(trial: z.output<typeof scannerTrialSchema>): ScannerTrial {
  const { name, url, auth, access_credential: credential } = trial;
  return { name, url, auth: auth ?? '', credential: credential ?? '' };
}

/** What a request leaves out is as it is in a new scanner, also where it replaces another. */
export function toScannerRequest(request: z.output<typeof scannerReqSchema>): ScannerRequest {
  return {
    ...toScannerTrial(request),
    description: request.description ?? '',
    isDisabled: request.disabled ?? false,
    skipsCertificateCheck: request.skip_certVerify ?? false,
    usesInternalAddress: request.use_internal_addr ?? false,
  };
}

export function toScannerDto({ scanner, look }: WatchedScanner): z.infer<typeof scannerSchema> {
  return {
    ...toBareScannerDto(scanner),
    ...(look && { health: look.metadata ? 'healthy' : 'unhealthy' }),
    ...(look?.metadata && toLiveFacts(look.metadata)),
  };
}

/** A scanner without what its adapter says. */
export function toBareScannerDto(scanner: Scanner): z.infer<typeof scannerSchema> {
  return {
    uuid: scanner.uuid,
    name: scanner.name,
    description: scanner.description,
    url: scanner.url,
    disabled: scanner.isDisabled,
    is_default: scanner.isDefault,
    auth: scanner.auth,
    access_credential: '',
    skip_certVerify: scanner.skipsCertificateCheck,
    use_internal_addr: scanner.usesInternalAddress,
    create_time: toTimestamp(scanner.createdAtMs),
    update_time: toTimestamp(scanner.updatedAtMs),
  };
}

function toLiveFacts(metadata: ScannerMetadata) {
  const { vulnerability, sbom } = supportOf(metadata);
  const { name: adapter, vendor, version } = metadata.adapter;
  return {
    adapter,
    vendor,
    version,
    capabilities: {
      ...(vulnerability !== undefined && { support_vulnerability: vulnerability }),
      ...(sbom !== undefined && { support_sbom: sbom }),
    },
  };
}

export function toScannerMetadataDto(metadata: ScannerMetadata): z.infer<typeof scannerMetadataSchema> {
  return {
    scanner: { ...metadata.adapter },
    capabilities: metadata.capabilities.map(({ type, consumes, produces }) => ({
      type,
      consumes_mime_types: [...consumes],
      produces_mime_types: [...produces],
    })),
    ...(Object.keys(metadata.properties).length > 0 && { properties: { ...metadata.properties } }),
  };
}
