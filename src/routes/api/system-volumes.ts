import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '#core/errors';
import { createApiRouter } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import type { AppEnv } from '#routes/app-env';

const tags = ['systeminfo'];
/** An object store has no end; this is the largest number every JSON reader holds exactly. */
const ENDLESS_BYTES = Number.MAX_SAFE_INTEGER;

const systemInfoSchema = z
  .object({ storage: z.array(z.object({ total: z.int(), free: z.int() }).openapi('Storage')) })
  .openapi('SystemInfo');

const getVolumes = createRoute({
  method: 'get',
  path: '/systeminfo/volumes',
  operationId: 'getVolumes',
  tags,
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: systemInfoSchema } } },
    ...errorResponses(401, 403),
  },
});

const getCert = createRoute({
  method: 'get',
  path: '/systeminfo/getcert',
  operationId: 'getCert',
  tags,
  responses: {
    200: {
      description: 'the certificate of the CA, in PEM',
      headers: z.object({ 'Content-Disposition': z.string() }),
      content: { 'application/octet-stream': { schema: z.string() } },
    },
    ...errorResponses(404),
  },
});

/** What the registry stands on: its storage, and the CA that vouches for it. */
export function systemVolumeRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(getVolumes, async (c) => {
    const { access, statistics } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'system-volumes:read');
    const used = await statistics.storageBytes();
    return c.json({ storage: [{ total: ENDLESS_BYTES, free: ENDLESS_BYTES - used }] }, 200);
  });

  routes.openapi(getCert, (c) => {
    const { caRoot } = c.get('services').settings;
    if (caRoot === undefined) throw new AppError('NOT_FOUND', { message: 'there is no CA of its own' });
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': 'attachment; filename=ca.crt',
    };
    return c.body(caRoot, 200, headers);
  });

  return routes;
}
