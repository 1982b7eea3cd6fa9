import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { createApiRouter } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import type { AppEnv } from '#routes/app-env';

const iconSchema = z
  .object({
    'content-type': z.string(),
    content: z.string().openapi({ description: 'the picture, in base64' }),
  })
  .openapi('Icon');

const getIcon = createRoute({
  method: 'get',
  path: '/icons/{digest}',
  operationId: 'getIcon',
  tags: ['icon'],
  request: { params: z.object({ digest: z.string() }) },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: iconSchema } } },
    ...errorResponses(404),
  },
});

export function iconRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  // Nobody needs a right to see an icon; its digest is what one must know.
  routes.openapi(getIcon, async (c) => {
    const { mediaType, base64 } = await c.get('services').icons.get(c.req.valid('param').digest);
    return c.json({ 'content-type': mediaType, content: base64 }, 200);
  });

  return routes;
}
