import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { PROVIDERS, REGISTRY_TYPES } from '#domain/registries/registry-types';
import { createApiRouter } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import { providerInfoSchema, toProviderInfo } from '#routes/api/schemas/registry';
import type { AppEnv } from '#routes/app-env';

const tags = ['registry'];

const listRegistryProviderTypes = createRoute({
  method: 'get',
  path: '/replication/adapters',
  operationId: 'listRegistryProviderTypes',
  tags,
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: z.array(z.string()) } } },
    ...errorResponses(401, 403),
  },
});

const listRegistryProviderInfos = createRoute({
  method: 'get',
  path: '/replication/adapterinfos',
  operationId: 'listRegistryProviderInfos',
  tags,
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: z.record(z.string(), providerInfoSchema) } } },
    ...errorResponses(401, 403),
  },
});

/** Which kinds of registries there are. */
export function replicationAdapterRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listRegistryProviderTypes, (c) => {
    c.get('services').access.authorizeSystem(c.get('principal'), 'replication-adapter:list');
    return c.json([...REGISTRY_TYPES], 200);
  });

  routes.openapi(listRegistryProviderInfos, (c) => {
    c.get('services').access.authorizeSystem(c.get('principal'), 'replication-adapter:list');
    const infos = Object.entries(PROVIDERS).map(([type, provider]) => [type, toProviderInfo(provider)] as const);
    return c.json(Object.fromEntries(infos), 200);
  });

  return routes;
}
