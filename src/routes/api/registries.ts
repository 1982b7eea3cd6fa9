import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { parseSort, toOffsetPage } from '#core/api-query';
import { parseListingFilter } from '#core/listing-filter';
import { REGISTRY_ORDERS } from '#domain/registries/registry-store';
import { setListHeaders } from '#routes/api/paging';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import {
  registryInfoSchema,
  registryPingSchema,
  registryReqSchema,
  registrySchema,
  registryUpdateSchema,
  toRegistryChange,
  toRegistryDto,
  toRegistryInfo,
  toRegistryRequest,
} from '#routes/api/schemas/registry';
import type { AppEnv } from '#routes/app-env';

const tags = ['registry'];
const registryParam = z.object({ id: idSchema });

const FILTER_KEYS = {
  name: { of: 'text', by: ['exact', 'fuzzy', 'any-of'] },
  type: { of: 'text', by: ['exact', 'any-of'] },
  url: { of: 'text', by: ['exact', 'fuzzy'] },
} as const;

const listRegistries = createRoute({
  method: 'get',
  path: '/registries',
  operationId: 'listRegistries',
  tags,
  request: { query: pageQuerySchema.extend({ name: z.string().optional() }) },
  responses: {
    200: listResponse(registrySchema),
    ...errorResponses(400, 401, 403, 422),
  },
});

const createRegistry = createRoute({
  method: 'post',
  path: '/registries',
  operationId: 'createRegistry',
  tags,
  middleware: jsonBody,
  request: { body: { required: true, content: { 'application/json': { schema: registryReqSchema } } } },
  responses: {
    201: { description: 'created', headers: z.object({ Location: z.string() }) },
    ...errorResponses(400, 401, 403, 409, 415, 422),
  },
});

const pingRegistry = createRoute({
  method: 'post',
  path: '/registries/ping',
  operationId: 'pingRegistry',
  tags,
  middleware: jsonBody,
  request: { body: { required: true, content: { 'application/json': { schema: registryPingSchema } } } },
  responses: { 200: { description: 'it answers' }, ...errorResponses(400, 401, 403, 404, 415, 422) },
});

const getRegistry = createRoute({
  method: 'get',
  path: '/registries/{id}',
  operationId: 'getRegistry',
  tags,
  request: { params: registryParam },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: registrySchema } } },
    ...errorResponses(401, 403, 404, 422),
  },
});

const updateRegistry = createRoute({
  method: 'put',
  path: '/registries/{id}',
  operationId: 'updateRegistry',
  tags,
  middleware: jsonBody,
  request: {
    params: registryParam,
    body: { required: true, content: { 'application/json': { schema: registryUpdateSchema } } },
  },
  responses: { 200: { description: 'changed' }, ...errorResponses(400, 401, 403, 404, 409, 415, 422) },
});

const deleteRegistry = createRoute({
  method: 'delete',
  path: '/registries/{id}',
  operationId: 'deleteRegistry',
  tags,
  request: { params: registryParam },
  responses: { 200: { description: 'deleted' }, ...errorResponses(401, 403, 404, 422) },
});

const getRegistryInfo = createRoute({
  method: 'get',
  path: '/registries/{id}/info',
  operationId: 'getRegistryInfo',
  tags,
  request: { params: registryParam },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: registryInfoSchema } } },
    ...errorResponses(401, 403, 404, 422),
  },
});

export function registryRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listRegistries, async (c) => {
    const { access, registries } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'registry:list');
    const { page, page_size: pageSize, q, sort, name } = c.req.valid('query');
    const filter = parseListingFilter(q, FILTER_KEYS);
    const { key: orderBy, isDescending } = parseSort(sort, REGISTRY_ORDERS, { key: 'id', isDescending: false });
    const apiPage = { page, pageSize };
    const { items, total } = await registries.list(
      { ...filter, ...(name && { name: { match: 'fuzzy', value: name } }) },
      { ...toOffsetPage(apiPage), orderBy, isDescending },
    );
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toRegistryDto), 200);
  });

  routes.openapi(createRegistry, async (c) => {
    const { access, registries } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'registry:create');
    const { id } = await registries.create(toRegistryRequest(c.req.valid('json')), c.get('actor'));
    return c.body(null, 201, { Location: `${c.req.path.replace(/\/$/, '')}/${id}` });
  });

  // Before the operations on one registry: `ping` is no id.
  routes.openapi(pingRegistry, async (c) => {
    const { access, registries } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'registry:read');
    const { id, ...change } = c.req.valid('json');
    await registries.ping(id ?? undefined, toRegistryChange(change));
    return c.body(null, 200);
  });

  routes.openapi(getRegistry, async (c) => {
    const { access, registries } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'registry:read');
    return c.json(toRegistryDto(await registries.get(c.req.valid('param').id)), 200);
  });

  routes.openapi(updateRegistry, async (c) => {
    const { access, registries } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'registry:update');
    await registries.update(c.req.valid('param').id, toRegistryChange(c.req.valid('json')), c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(deleteRegistry, async (c) => {
    const { access, registries } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'registry:delete');
    await registries.delete(c.req.valid('param').id, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(getRegistryInfo, async (c) => {
    const { access, registries } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'registry:read');
    const { type } = await registries.get(c.req.valid('param').id);
    return c.json(toRegistryInfo(type), 200);
  });

  return routes;
}
