import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '#core/errors';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import { configurationsReqSchema, configurationsSchema, toConfigurationsDto } from '#routes/api/schemas/configuration';
import type { AppEnv } from '#routes/app-env';

const getConfigurations = createRoute({
  method: 'get',
  path: '/configurations',
  operationId: 'getConfigurations',
  tags: ['configure'],
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: configurationsSchema } } },
    ...errorResponses(401, 403),
  },
});

const updateConfigurations = createRoute({
  method: 'put',
  path: '/configurations',
  operationId: 'updateConfigurations',
  tags: ['configure'],
  middleware: jsonBody,
  request: {
    body: { required: true, content: { 'application/json': { schema: configurationsReqSchema } } },
  },
  responses: { 200: { description: 'updated' }, ...errorResponses(400, 401, 403, 415, 422) },
});

const getInternalconfig = createRoute({
  method: 'get',
  path: '/internalconfig',
  operationId: 'getInternalconfig',
  tags: ['configure'],
  responses: errorResponses(401),
});

/** What an administrator sets while the registry runs. */
export function configurationRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(getConfigurations, async (c) => {
    const { access, configuration } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'configuration:read');
    const isModeEditable = await configuration.isAuthModeEditable();
    const current = await configuration.current();
    return c.json(toConfigurationsDto(current, { isEditable: configuration.isEditable, isModeEditable }), 200);
  });

  routes.openapi(updateConfigurations, async (c) => {
    const { access, configuration } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'configuration:update');
    await configuration.update(c.req.valid('json'), c.get('actor'));
    return c.body(null, 200);
  });

  // Parts of Harbor read their settings there; here there are no parts.
  routes.openapi(getInternalconfig, () => {
    throw new AppError('UNAUTHORIZED', { message: 'only internal service is allowed to call this API' });
  });

  return routes;
}
