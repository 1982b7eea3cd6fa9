import { z } from '@hono/zod-openapi';

export const healthSchema = z
  .object({
    status: z.enum(['healthy', 'unhealthy']),
    components: z.array(
      z.object({ name: z.string(), status: z.enum(['healthy', 'unhealthy']), error: z.string().optional() }),
    ),
  })
  .openapi('OverallHealthStatus');

export const generalInfoSchema = z
  .object({
    auth_mode: z.string(),
    primary_auth_mode: z.boolean(),
    self_registration: z.boolean(),
    harbor_version: z.string(),
    banner_message: z.string(),
    oidc_provider_name: z.string().optional(),
    authproxy_settings: z
      .object({
        endpoint: z.string(),
        tokenreivew_endpoint: z.string(),
        skip_search: z.boolean(),
        verify_cert: z.boolean(),
        server_certificate: z.string(),
      })
      .optional(),
    current_time: z.iso.datetime().optional(),
    registry_url: z.string().optional(),
    external_url: z.string().optional(),
    project_creation_restriction: z.string().optional(),
    has_ca_root: z.boolean().optional(),
    registry_storage_provider_name: z.string().optional(),
    read_only: z.boolean().optional(),
    notification_enable: z.boolean().optional(),
  })
  .openapi('GeneralInfo');
