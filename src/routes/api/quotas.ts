import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { parseSort, toOffsetPage } from '#core/api-query';
import { AppError } from '#core/errors';
import { parseHardLimit } from '#domain/quotas/quota';
import { QUOTA_ORDERS } from '#domain/quotas/quota-store';
import { setListHeaders } from '#routes/api/paging';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import { quotaSchema, quotaUpdateReqSchema, toQuotaDto } from '#routes/api/schemas/quota';
import type { AppEnv } from '#routes/app-env';

const tags = ['quota'];
const params = z.object({ id: idSchema });

const listQuotas = createRoute({
  method: 'get',
  path: '/quotas',
  operationId: 'listQuotas',
  tags,
  request: {
    query: pageQuerySchema
      .omit({ q: true })
      .extend({ reference: z.string().optional(), reference_id: z.string().optional() }),
  },
  responses: {
    200: listResponse(quotaSchema),
    ...errorResponses(401, 403, 422),
  },
});

const getQuota = createRoute({
  method: 'get',
  path: '/quotas/{id}',
  operationId: 'getQuota',
  tags,
  request: { params },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: quotaSchema } } },
    ...errorResponses(401, 403, 404, 422),
  },
});

const updateQuota = createRoute({
  method: 'put',
  path: '/quotas/{id}',
  operationId: 'updateQuota',
  tags,
  middleware: jsonBody,
  request: { params, body: { required: true, content: { 'application/json': { schema: quotaUpdateReqSchema } } } },
  responses: { 200: { description: 'updated' }, ...errorResponses(400, 401, 403, 404, 415, 422) },
});

export function quotaRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listQuotas, async (c) => {
    const { access, quotas } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'quota:list');
    const { page, page_size: pageSize, sort, reference, reference_id: referenceId } = c.req.valid('query');
    const { key: orderBy, isDescending } = parseSort(sort, QUOTA_ORDERS, { key: 'creation_time', isDescending: true });
    const apiPage = { page, pageSize };
    const projectId = toProjectId(reference, referenceId);
    const { items, total } = await quotas.list(projectId, { ...toOffsetPage(apiPage), orderBy, isDescending });
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toQuotaDto), 200);
  });

  routes.openapi(getQuota, async (c) => {
    const { access, quotas } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'quota:read');
    return c.json(toQuotaDto(await quotas.get(c.req.valid('param').id)), 200);
  });

  routes.openapi(updateQuota, async (c) => {
    const { access, quotas } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'quota:update');
    const { hard } = c.req.valid('json');
    if (!hard || Object.keys(hard).length === 0) {
      throw new AppError('BAD_REQUEST', { message: 'hard required in body' });
    }
    const quota = await quotas.get(c.req.valid('param').id);
    await quotas.limit(quota, parseHardLimit(hard), c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}

/** No project has this id. */
const NO_PROJECT = 0;

/** The project a listing is about; undefined for all. What Harbor keeps for other references, nobody has a quota of. */
function toProjectId(reference: string | undefined, id: string | undefined): number | undefined {
  if (reference && reference !== 'project') return NO_PROJECT;
  if (!id) return undefined;
  return /^\d{1,15}$/.test(id) ? Number(id) : NO_PROJECT;
}
