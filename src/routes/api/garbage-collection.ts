import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { parseSort, toOffsetPage } from '#core/api-query';
import { parseListingFilter } from '#core/listing-filter';
import type { Execution } from '#domain/jobs/execution';
import { setListHeaders } from '#routes/api/paging';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema, listResponse, orNull, pageQuerySchema } from '#routes/api/schemas/common';
import { gcHistorySchema, toExecutionHistoryDto, toScheduleHistoryDto } from '#routes/api/schemas/execution-history';
import { gcAttributes } from '#routes/api/schemas/garbage-collection';
import { type ScheduleRequest, scheduleReqSchema, toScheduleRequest } from '#routes/api/schemas/schedule';
import { TASK_LOG_RESPONSE, taskLogResponse } from '#routes/api/task-log';
import type { AppEnv } from '#routes/app-env';

const FILTER_KEYS = {
  id: { of: 'integer', by: ['exact', 'any-of', 'range'] },
  status: { of: 'text', by: ['exact', 'any-of'] },
  trigger: { of: 'text', by: ['exact', 'any-of'] },
} as const;

const tags = ['gc'];
const params = z.object({ gc_id: idSchema });
const body = {
  required: true,
  content: { 'application/json': { schema: scheduleReqSchema } },
  description:
    '`parameters`: `delete_untagged`, `delete_tag`, `dry_run`, `workers` (1 to 10) and `time_window_hours` (2 when it is left out)',
};
const isOne = { description: 'ok', content: { 'application/json': { schema: gcHistorySchema } } };

const getGCHistory = createRoute({
  method: 'get',
  path: '/system/gc',
  operationId: 'getGCHistory',
  tags,
  request: { query: pageQuerySchema },
  responses: { 200: listResponse(gcHistorySchema), ...errorResponses(400, 401, 403, 422) },
});

const getGCSchedule = createRoute({
  method: 'get',
  path: '/system/gc/schedule',
  operationId: 'getGCSchedule',
  tags,
  responses: {
    200: {
      description: 'the schedule, or null',
      content: { 'application/json': { schema: orNull(gcHistorySchema) } },
    },
    ...errorResponses(401, 403),
  },
});

const createGCSchedule = createRoute({
  method: 'post',
  path: '/system/gc/schedule',
  operationId: 'createGCSchedule',
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

const updateGCSchedule = createRoute({
  method: 'put',
  path: '/system/gc/schedule',
  operationId: 'updateGCSchedule',
  tags,
  middleware: jsonBody,
  request: { body },
  responses: { 200: { description: 'begun, or scheduled' }, ...errorResponses(400, 401, 403, 415, 422) },
});

const getGC = createRoute({
  method: 'get',
  path: '/system/gc/{gc_id}',
  operationId: 'getGC',
  tags,
  request: { params },
  responses: { 200: isOne, ...errorResponses(401, 403, 404, 422) },
});

const stopGC = createRoute({
  method: 'put',
  path: '/system/gc/{gc_id}',
  operationId: 'stopGC',
  tags,
  request: { params },
  responses: { 200: { description: 'stopped' }, ...errorResponses(401, 403, 404, 422) },
});

const getGCLog = createRoute({
  method: 'get',
  path: '/system/gc/{gc_id}/log',
  operationId: 'getGCLog',
  tags,
  request: { params },
  responses: { 200: TASK_LOG_RESPONSE, ...errorResponses(401, 403, 404, 422) },
});

export function garbageCollectionRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(getGCHistory, async (c) => {
    const { access, garbageCollection } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'garbage-collection:list');
    const { page, page_size: pageSize, q, sort } = c.req.valid('query');
    const filter = parseListingFilter(q, FILTER_KEYS);
    // All that come later have a higher id.
    const { isDescending } = parseSort(sort, ['id', 'creation_time'], { key: 'id', isDescending: true });
    const apiPage = { page, pageSize };
    const query = { ...filter, isAscending: !isDescending };
    const { items, total } = await garbageCollection.list(query, toOffsetPage(apiPage));
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toRun), 200);
  });

  routes.openapi(getGCSchedule, async (c) => {
    const { access, garbageCollection } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'garbage-collection:read');
    const schedule = await garbageCollection.findSchedule();
    return c.json(schedule ? toScheduleHistoryDto(schedule) : null, 200);
  });

  routes.openapi(createGCSchedule, async (c) => {
    c.get('services').access.authorizeSystem(c.get('principal'), 'garbage-collection:create');
    const id = await beginOrSchedule(c, toScheduleRequest(c.req.valid('json')));
    return c.body(null, 201, { Location: `/api/v2.0/system/gc/${id}` });
  });

  routes.openapi(updateGCSchedule, async (c) => {
    c.get('services').access.authorizeSystem(c.get('principal'), 'garbage-collection:update');
    await beginOrSchedule(c, toScheduleRequest(c.req.valid('json')));
    return c.body(null, 200);
  });

  routes.openapi(getGC, async (c) => {
    const { access, garbageCollection } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'garbage-collection:read');
    const execution = await garbageCollection.get(c.req.valid('param').gc_id);
    return c.json(toRun(execution), 200);
  });

  routes.openapi(stopGC, async (c) => {
    const { access, garbageCollection } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'garbage-collection:stop');
    await garbageCollection.stop(c.req.valid('param').gc_id, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(getGCLog, async (c) => {
    const { access, garbageCollection, jobs } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'garbage-collection:read');
    return taskLogResponse(jobs, await garbageCollection.taskOf(c.req.valid('param').gc_id));
  });

  return routes;
}

/** A run says what it has brought beside what it was started with. */
function toRun(execution: Execution): z.output<typeof gcHistorySchema> {
  return toExecutionHistoryDto({ ...execution, parameters: gcAttributes(execution), results: {} });
}

/** The id of the run; 0, as in Harbor, when none has begun. */
async function beginOrSchedule(c: Context<AppEnv>, request: ScheduleRequest): Promise<number> {
  const { garbageCollection } = c.get('services');
  const actor = c.get('actor');
  if (request.type === 'None') {
    await garbageCollection.unschedule(actor);
    return 0;
  }
  if (request.type === 'Manual') return garbageCollection.start(request.parameters, actor);
  await garbageCollection.schedule({ cronType: request.type, cron: request.cron }, request.parameters, actor);
  return 0;
}
