import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
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
  responses: { 200: { description: 'ok', content: { 'text/plain': { schema: z.literal('Pong') } } } },
});

const getHealth = createRoute({
  method: 'get',
  path: '/v2.0/health',
  operationId: 'getHealth',
  tags: ['health'],
  responses: { 200: { description: 'ok', content: { 'application/json': { schema: healthSchema } } } },
});

const getVersion = createRoute({
  method: 'get',
  path: '/version',
  operationId: 'getVersion',
  tags: ['version'],
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

  routes.openapi(getSystemInfo, (c) => {
    const { clock } = c.get('services');
    const open = {
      auth_mode: 'db_auth',
      primary_auth_mode: false,
      self_registration: false,
      harbor_version: HARBOR_VERSION,
      banner_message: '',
    };
    if (c.get('principal').kind === 'anonymous') return c.json(open, 200);
    const externalUrl = publicUrl(c);
    const protectedPart = {
      current_time: toTimestamp(clock.nowMs()),
      registry_url: new URL(externalUrl).host,
      external_url: externalUrl,
      project_creation_restriction: 'everyone',
      has_ca_root: false,
      registry_storage_provider_name: 'r2',
      read_only: false,
      notification_enable: false,
    };
    return c.json({ ...open, ...protectedPart }, 200);
  });

  return routes;
}
