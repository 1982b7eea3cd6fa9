import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Configuration } from '#domain/configuration/catalog';
import { createApiRouter } from '#routes/api/router';
import { toTimestamp } from '#routes/api/schemas/common';
import { generalInfoSchema, healthSchema } from '#routes/api/schemas/system';
import type { AppEnv } from '#routes/app-env';
import { publicUrl } from '#routes/middleware/public-url';

/** The Harbor whose API this is; clients look for the number. */
const HARBOR_VERSION = 'v2.16.0-roadstead';

const getPing = createRoute({
  method: 'get',
  path: '/v2.0/ping',
  operationId: 'getPing',
  tags: ['ping'],
  security: [],
  responses: { 200: { description: 'ok', content: { 'text/plain': { schema: z.literal('Pong') } } } },
});

const getHealth = createRoute({
  method: 'get',
  path: '/v2.0/health',
  operationId: 'getHealth',
  tags: ['health'],
  security: [],
  responses: { 200: { description: 'ok', content: { 'application/json': { schema: healthSchema } } } },
});

const getVersion = createRoute({
  method: 'get',
  path: '/version',
  operationId: 'getVersion',
  tags: ['version'],
  security: [],
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: z.object({ version: z.literal('v2.0') }) } } },
  },
});

const getSystemInfo = createRoute({
  method: 'get',
  path: '/systeminfo',
  operationId: 'getSystemInfo',
  tags: ['systeminfo'],
  responses: { 200: { description: 'ok', content: { 'application/json': { schema: generalInfoSchema } } } },
});

/** Operations under `/api` that ask nobody who they are, and so answer even while no login is served. */
export function openSystemRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(getPing, (c) => c.text('Pong', 200));

  routes.openapi(getVersion, (c) => c.json({ version: 'v2.0' } as const, 200));

  routes.openapi(getHealth, async (c) => {
    const report = await c.get('services').health.report();
    const components = report.map(({ name, error }) =>
      error === undefined ? { name, status: 'healthy' as const } : { name, status: 'unhealthy' as const, error },
    );
    const isHealthy = report.every(({ error }) => error === undefined);
    return c.json({ status: isHealthy ? ('healthy' as const) : ('unhealthy' as const), components }, 200);
  });

  return routes;
}

export function systemRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(getSystemInfo, async (c) => {
    const { clock, configuration } = c.get('services');
    const settings = await configuration.current();
    if (c.get('principal').kind === 'anonymous') return c.json(toOpenInfo(settings), 200);
    const externalUrl = publicUrl(c);
    const protectedPart = {
      current_time: toTimestamp(clock.nowMs()),
      registry_url: new URL(externalUrl).host,
      external_url: externalUrl,
      project_creation_restriction: settings.project_creation_restriction,
      has_ca_root: c.get('services').settings.caRoot !== undefined,
      registry_storage_provider_name: 'r2',
      read_only: settings.read_only,
      notification_enable: settings.notification_enable,
    };
    return c.json({ ...toOpenInfo(settings), ...protectedPart }, 200);
  });

  return routes;
}

/** What anybody may know: how to log in. */
function toOpenInfo(settings: Configuration) {
  return {
    auth_mode: settings.auth_mode,
    primary_auth_mode: settings.primary_auth_mode,
    self_registration: settings.self_registration,
    harbor_version: HARBOR_VERSION,
    banner_message: settings.banner_message,
    ...(settings.auth_mode === 'oidc_auth' && { oidc_provider_name: settings.oidc_name }),
    ...(settings.auth_mode === 'http_auth' && { authproxy_settings: toAuthProxyInfo(settings) }),
  };
}

/** Harbor's spelling of the second key. */
function toAuthProxyInfo(settings: Configuration) {
  return {
    endpoint: settings.http_authproxy_endpoint,
    tokenreivew_endpoint: settings.http_authproxy_tokenreview_endpoint,
    skip_search: settings.http_authproxy_skip_search,
    verify_cert: settings.http_authproxy_verify_cert,
    server_certificate: settings.http_authproxy_server_certificate,
  };
}
