import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { toOffsetPage } from '#core/api-query';
import { setListHeaders } from '#routes/api/paging';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import { execHistorySchema, toExecutionHistoryDto } from '#routes/api/schemas/execution-history';
import { scheduleReqSchema, toScheduleRequest } from '#routes/api/schemas/schedule';
import { TASK_LOG_RESPONSE, taskLogResponse } from '#routes/api/task-log';
import type { AppEnv } from '#routes/app-env';

const tags = ['storage-comparison'];

const createStorageComparison = createRoute({
  method: 'post',
  path: '/system/storage-comparison',
  operationId: 'createStorageComparison',
  tags,
  middleware: jsonBody,
  request: {
    body: {
      required: true,
      content: { 'application/json': { schema: scheduleReqSchema } },
      description: '`parameters`: `dry_run`',
    },
  },
  responses: {
    201: {
      description: 'begun, scheduled, or scheduled no more',
      headers: z.object({ Location: z.string().openapi({ description: 'of the runs' }) }),
    },
    ...errorResponses(400, 401, 403, 415, 422),
  },
});

const listStorageComparisons = createRoute({
  method: 'get',
  path: '/system/storage-comparison',
  operationId: 'listStorageComparisons',
  tags,
  request: { query: pageQuerySchema.pick({ page: true, page_size: true }) },
  responses: {
    200: listResponse(execHistorySchema, 'runs with what they have found, the newest first'),
    ...errorResponses(401, 403, 422),
  },
});

const getStorageComparisonLog = createRoute({
  method: 'get',
  path: '/system/storage-comparison/{id}/log',
  operationId: 'getStorageComparisonLog',
  tags,
  request: { params: z.object({ id: idSchema }) },
  responses: { 200: TASK_LOG_RESPONSE, ...errorResponses(401, 403, 404, 422) },
});

export function storageComparisonRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(createStorageComparison, async (c) => {
    const { access, storageComparison } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'garbage-collection:create');
    const request = toScheduleRequest(c.req.valid('json'));
    const actor = c.get('actor');
    if (request.type === 'None') await storageComparison.unschedule(actor);
    else if (request.type === 'Manual') await storageComparison.start(request.parameters, actor);
    else await storageComparison.schedule({ cronType: request.type, cron: request.cron }, request.parameters, actor);
    return c.body(null, 201, { Location: '/api/v2.0/system/storage-comparison' });
  });

  routes.openapi(listStorageComparisons, async (c) => {
    const { access, storageComparison } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'garbage-collection:list');
    const { page, page_size: pageSize } = c.req.valid('query');
    const apiPage = { page, pageSize };
    const { items, total } = await storageComparison.list(toOffsetPage(apiPage));
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toExecutionHistoryDto), 200);
  });

  routes.openapi(getStorageComparisonLog, async (c) => {
    const { access, storageComparison, jobs } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'garbage-collection:read');
    return taskLogResponse(jobs, await storageComparison.taskOf(c.req.valid('param').id));
  });

  return routes;
}
