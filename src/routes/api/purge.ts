import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { parseSort, toOffsetPage } from '#core/api-query';
import { parseListingFilter } from '#core/listing-filter';
import { parsePurgeParameters } from '#domain/audit/purge';
import { setListHeaders } from '#routes/api/paging';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema, listResponse, orNull, pageQuerySchema } from '#routes/api/schemas/common';
import { execHistorySchema, toExecutionHistoryDto, toScheduleHistoryDto } from '#routes/api/schemas/execution-history';
import { type ScheduleRequest, scheduleReqSchema, toScheduleRequest } from '#routes/api/schemas/schedule';
import { TASK_LOG_RESPONSE, taskLogResponse } from '#routes/api/task-log';
import type { AppEnv } from '#routes/app-env';

const FILTER_KEYS = {
  id: { of: 'integer', by: ['exact', 'any-of', 'range'] },
  status: { of: 'text', by: ['exact', 'any-of'] },
  trigger: { of: 'text', by: ['exact', 'any-of'] },
} as const;

const tags = ['purge'];
const params = z.object({ purge_id: idSchema });
const body = {
  required: true,
  content: { 'application/json': { schema: scheduleReqSchema } },
  description: '`parameters`: `audit_retention_hour`, `include_event_types` (separated by commas) and `dry_run`',
};
const isOne = { description: 'ok', content: { 'application/json': { schema: execHistorySchema } } };

const getPurgeHistory = createRoute({
  method: 'get',
  path: '/system/purgeaudit',
  operationId: 'getPurgeHistory',
  tags,
  request: { query: pageQuerySchema },
  responses: { 200: listResponse(execHistorySchema), ...errorResponses(400, 401, 403, 422) },
});

const getPurgeSchedule = createRoute({
  method: 'get',
  path: '/system/purgeaudit/schedule',
  operationId: 'getPurgeSchedule',
  tags,
  responses: {
    200: {
      description: 'the schedule, or null',
      content: { 'application/json': { schema: orNull(execHistorySchema) } },
    },
    ...errorResponses(401, 403),
  },
});

const createPurgeSchedule = createRoute({
  method: 'post',
  path: '/system/purgeaudit/schedule',
  operationId: 'createPurgeSchedule',
  tags,
  middleware: jsonBody,
  request: { body },
  responses: {
    201: {
      description: 'begun, or scheduled',
      headers: z.object({ Location: z.string().openapi({ description: 'of a run; of a schedule it ends in 0' }) }),
    },
    ...errorResponses(400, 401, 403, 415, 422),
  },
});

const updatePurgeSchedule = createRoute({
  method: 'put',
  path: '/system/purgeaudit/schedule',
  operationId: 'updatePurgeSchedule',
  tags,
  middleware: jsonBody,
  request: { body },
  responses: { 200: { description: 'begun, or scheduled' }, ...errorResponses(400, 401, 403, 415, 422) },
});

const getPurgeJob = createRoute({
  method: 'get',
  path: '/system/purgeaudit/{purge_id}',
  operationId: 'getPurgeJob',
  tags,
  request: { params },
  responses: { 200: isOne, ...errorResponses(401, 403, 404, 422) },
});

const stopPurge = createRoute({
  method: 'put',
  path: '/system/purgeaudit/{purge_id}',
  operationId: 'stopPurge',
  tags,
  request: { params },
  responses: { 200: { description: 'stopped' }, ...errorResponses(401, 403, 404, 422) },
});

const getPurgeJobLog = createRoute({
  method: 'get',
  path: '/system/purgeaudit/{purge_id}/log',
  operationId: 'getPurgeJobLog',
  tags,
  request: { params },
  responses: { 200: TASK_LOG_RESPONSE, ...errorResponses(401, 403, 404, 422) },
});

/** Purges of the audit log. */
export function purgeRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(getPurgeHistory, async (c) => {
    const { access, purges } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'purge-audit:list');
    const { page, page_size: pageSize, q, sort } = c.req.valid('query');
    const filter = parseListingFilter(q, FILTER_KEYS);
    // All that come later have a higher id.
    const { isDescending } = parseSort(sort, ['id', 'creation_time'], { key: 'id', isDescending: true });
    const apiPage = { page, pageSize };
    const { items, total } = await purges.list({ ...filter, isAscending: !isDescending }, toOffsetPage(apiPage));
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toExecutionHistoryDto), 200);
  });

  routes.openapi(getPurgeSchedule, async (c) => {
    const { access, purges } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'purge-audit:read');
    const schedule = await purges.findSchedule();
    return c.json(schedule ? toScheduleHistoryDto(schedule) : null, 200);
  });

  routes.openapi(createPurgeSchedule, async (c) => {
    c.get('services').access.authorizeSystem(c.get('principal'), 'purge-audit:create');
    const id = await beginOrSchedule(c, toScheduleRequest(c.req.valid('json')));
    return c.body(null, 201, { Location: `/api/v2.0/system/purgeaudit/${id}` });
  });

  routes.openapi(updatePurgeSchedule, async (c) => {
    c.get('services').access.authorizeSystem(c.get('principal'), 'purge-audit:update');
    await beginOrSchedule(c, toScheduleRequest(c.req.valid('json')));
    return c.body(null, 200);
  });

  routes.openapi(getPurgeJob, async (c) => {
    const { access, purges } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'purge-audit:read');
    return c.json(toExecutionHistoryDto(await purges.get(c.req.valid('param').purge_id)), 200);
  });

  routes.openapi(stopPurge, async (c) => {
    const { access, purges } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'purge-audit:stop');
    await purges.stop(c.req.valid('param').purge_id, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(getPurgeJobLog, async (c) => {
    const { access, purges, jobs } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'purge-audit:read');
    return taskLogResponse(jobs, await purges.taskOf(c.req.valid('param').purge_id));
  });

  return routes;
}

/** The id of the run; 0, as in Harbor, when none has begun. */
async function beginOrSchedule(c: Context<AppEnv>, request: ScheduleRequest): Promise<number> {
  const { purges } = c.get('services');
  const actor = c.get('actor');
  if (request.type === 'None') {
    await purges.unschedule(actor);
    return 0;
  }
  const parameters = parsePurgeParameters(request.parameters);
  if (request.type === 'Manual') return purges.start(parameters, actor);
  await purges.schedule({ cronType: request.type, cron: request.cron }, parameters, actor);
  return 0;
}
