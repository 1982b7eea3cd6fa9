import { z } from '@hono/zod-openapi';
import type { Registry } from '#domain/registries/registry';
import type { RegistryChange, RegistryRequest } from '#domain/registries/registry-service';
import {
  holdsArtifacts,
  type RegistryProvider,
  type RegistryType,
  takesChunks,
} from '#domain/registries/registry-types';
import { toTimestamp } from '#routes/api/schemas/common';

const credentialSchema = z
  .object({ type: z.string().optional(), access_key: z.string().optional(), access_secret: z.string().optional() })
  .openapi('RegistryCredential');

export const registryReqSchema = z
  .object({
    name: z.string().nullish(),
    description: z.string().nullish(),
    type: z.string().nullish(),
    url: z.string().nullish(),
    credential: z
      .object({
        type: z.string().nullish(),
        access_key: z.string().nullish(),
        access_secret: z.string().nullish(),
      })
      .nullish(),
    insecure: z.boolean().nullish(),
    ca_certificate: z.string().nullish(),
  })
  .openapi('RegistryReq');

export const registryUpdateSchema = z
  .object({
    name: z.string().nullish(),
    description: z.string().nullish(),
    url: z.string().nullish(),
    credential_type: z.string().nullish(),
    access_key: z.string().nullish(),
    access_secret: z.string().nullish(),
    insecure: z.boolean().nullish(),
    ca_certificate: z.string().nullish(),
  })
  .openapi('RegistryUpdate');

export const registryPingSchema = registryUpdateSchema
  .omit({ name: true, description: true })
  .extend({ id: z.int().nullish(), type: z.string().nullish() })
  .openapi('RegistryPing');

export const registrySchema = z
  .object({
    id: z.int(),
    name: z.string(),
    description: z.string().optional(),
    type: z.string(),
    url: z.string(),
    credential: credentialSchema,
    insecure: z.boolean().optional(),
    ca_certificate: z.string().optional(),
    status: z.string(),
    creation_time: z.iso.datetime(),
    update_time: z.iso.datetime(),
  })
  .openapi('Registry');

export const registryInfoSchema = z
  .object({
    type: z.string(),
    supported_resource_filters: z.array(
      z.object({ type: z.string(), style: z.string(), values: z.array(z.string()).nullable() }).openapi('FilterStyle'),
    ),
    supported_triggers: z.array(z.string()),
    supported_copy_by_chunk: z.boolean().optional(),
  })
  .openapi('RegistryInfo');

export const providerInfoSchema = z
  .object({
    endpoint_pattern: z
      .object({
        endpoint_type: z.string(),
        endpoints: z.array(z.object({ key: z.string(), value: z.string() }).openapi('RegistryEndpoint')).nullable(),
      })
      .openapi('RegistryProviderEndpointPattern'),
    credential_pattern: z
      .object({
        access_key_type: z.string(),
        access_key_data: z.string(),
        access_secret_type: z.string(),
        access_secret_data: z.string().optional(),
      })
      .optional()
      .openapi('RegistryProviderCredentialPattern'),
  })
  .openapi('RegistryProviderInfo');

export function toRegistryRequest(request: z.output<typeof registryReqSchema>): RegistryRequest {
  const { credential } = request;
  return {
    name: request.name ?? '',
    description: request.description ?? '',
    type: request.type ?? '',
    url: request.url ?? '',
    credentialType: credential?.type ?? '',
    accessKey: credential?.access_key ?? '',
    secret: credential?.access_secret ?? '',
    isInsecure: request.insecure ?? false,
    caCertificate: request.ca_certificate ?? '',
  };
}

type Change = z.output<typeof registryUpdateSchema> & Pick<z.output<typeof registryPingSchema>, 'type'>;

/** What is null is left as it is. */
export function toRegistryChange(change: Partial<Change>): RegistryChange {
  return {
    name: change.name ?? undefined,
    description: change.description ?? undefined,
    type: change.type ?? undefined,
    url: change.url ?? undefined,
    credentialType: change.credential_type ?? undefined,
    accessKey: change.access_key ?? undefined,
    secret: change.access_secret ?? undefined,
    isInsecure: change.insecure ?? undefined,
    caCertificate: change.ca_certificate ?? undefined,
  };
}

/** Harbor shows that there is a secret, and not which. */
export function toRegistryDto(registry: Registry): z.infer<typeof registrySchema> {
  const { credential } = registry;
  return {
    id: registry.id,
    name: registry.name,
    ...(registry.description !== '' && { description: registry.description }),
    type: registry.type,
    url: registry.url,
    credential: {
      ...(credential && { type: credential.type, access_key: credential.accessKey }),
      ...(credential && registry.sealedSecret !== undefined && { access_secret: '*****' }),
    },
    ...(registry.isInsecure && { insecure: true }),
    ...(registry.caCertificate !== '' && { ca_certificate: registry.caCertificate }),
    status: registry.status,
    creation_time: toTimestamp(registry.createdAtMs),
    update_time: toTimestamp(registry.updatedAtMs),
  };
}

/** What a replication with a registry of the type can select by, and what can start it. */
export function toRegistryInfo(type: RegistryType): z.infer<typeof registryInfoSchema> {
  const resources = holdsArtifacts(type) ? ['image', 'artifact'] : ['image'];
  return {
    type,
    supported_resource_filters: [
      { type: 'name', style: 'input', values: null },
      { type: 'tag', style: 'input', values: null },
      { type: 'resource', style: 'radio', values: resources },
    ],
    supported_triggers: ['manual', 'scheduled'],
    ...(takesChunks(type) && { supported_copy_by_chunk: true }),
  };
}

const ENDPOINT_TYPES = {
  standard: 'EndpointPatternTypeStandard',
  fix: 'EndpointPatternTypeFix',
  list: 'EndpointPatternTypeList',
} as const;

export function toProviderInfo(provider: RegistryProvider): z.infer<typeof providerInfoSchema> {
  const { endpointType, endpoints, fileLogin } = provider;
  return {
    endpoint_pattern: {
      endpoint_type: ENDPOINT_TYPES[endpointType],
      endpoints: endpoints.length > 0 ? endpoints.map(({ key, value }) => ({ key, value })) : null,
    },
    ...(fileLogin && {
      credential_pattern: {
        access_key_type: 'AccessKeyTypeFix',
        access_key_data: fileLogin.accessKey,
        access_secret_type: 'AccessSecretTypeFile',
        ...(fileLogin.hint !== '' && { access_secret_data: fileLogin.hint }),
      },
    }),
  };
}
