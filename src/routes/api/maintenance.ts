import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { parseSort, toOffsetPage } from '#core/api-query';
import { parseListingFilter } from '#core/listing-filter';
import type { Execution } from '#domain/jobs/execution';
import type { MaintenanceService } from '#domain/maintenance/maintenance-service';
import { setListHeaders } from '#routes/api/paging';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema, listResponse, orNull, pageQuerySchema } from '#routes/api/schemas/common';
import {
  type ExecutionHistoryDto,
  type ExecutionHistorySchema,
  toExecutionHistoryDto,
  toScheduleHistoryDto,
} from '#routes/api/schemas/execution-history';
import { type ScheduleRequest, scheduleReqSchema, toScheduleRequest } from '#routes/api/schemas/schedule';
import { TASK_LOG_RESPONSE, taskLogResponse } from '#routes/api/task-log';
import type { AppEnv } from '#routes/app-env';

/** The operations of one kind of maintenance. */
export interface MaintenanceApi {
  /** Where its runs are: `/system/gc`. */
  readonly path: string;
  /** The parameter of the path that is the id of a run. */
  readonly idName: string;
  readonly tag: string;
  /** Harbor's names of its operations. */
  readonly operationIds: {
    readonly list: string;
    readonly getSchedule: string;
    readonly createSchedule: string;
    readonly updateSchedule: string;
    readonly get: string;
    readonly stop: string;
    readonly getLog: string;
  };
  /** What may be sent as `parameters`, for the document. */
  readonly parameters: string;
  readonly resource: 'garbage-collection' | 'purge-audit';
  readonly schema: ExecutionHistorySchema;
  readonly serviceOf: (services: AppEnv['Variables']['services']) => MaintenanceService;
  /** A run as clients see it; with what it was started with and what it has brought beside each other when left out. */
  readonly toRun?: (execution: Execution) => ExecutionHistoryDto;
}

const FILTER_KEYS = {
  id: { of: 'integer', by: ['exact', 'any-of', 'range'] },
  status: { of: 'text', by: ['exact', 'any-of'] },
  trigger: { of: 'text', by: ['exact', 'any-of'] },
} as const;

/** Runs, schedule and logs, in Harbor's shape: it has the same seven operations for each kind. */
export function maintenanceRoutes(api: MaintenanceApi): OpenAPIHono<AppEnv> {
  const { path, resource, serviceOf, toRun = toExecutionHistoryDto } = api;
  const { list, getSchedule, createSchedule, updateSchedule, get, stop, getLog } = operations(api);
  const routes = createApiRouter();

  routes.openapi(list, async (c) => {
    c.get('services').access.authorizeSystem(c.get('principal'), `${resource}:list`);
    const { page, page_size: pageSize, q, sort } = c.req.valid('query');
    const filter = parseListingFilter(q, FILTER_KEYS);
    // All that come later have a higher id.
    const { isDescending } = parseSort(sort, ['id', 'creation_time'], { key: 'id', isDescending: true });
    const apiPage = { page, pageSize };
    const query = { ...filter, isAscending: !isDescending };
    const { items, total } = await serviceOf(c.get('services')).list(query, toOffsetPage(apiPage));
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toRun), 200);
  });

  routes.openapi(getSchedule, async (c) => {
    c.get('services').access.authorizeSystem(c.get('principal'), `${resource}:read`);
    const schedule = await serviceOf(c.get('services')).findSchedule();
    return c.json(schedule ? toScheduleHistoryDto(schedule) : null, 200);
  });

  routes.openapi(createSchedule, async (c) => {
    c.get('services').access.authorizeSystem(c.get('principal'), `${resource}:create`);
    const id = await beginOrSchedule(c, serviceOf(c.get('services')), toScheduleRequest(c.req.valid('json')));
    return c.body(null, 201, { Location: `/api/v2.0${path}/${id}` });
  });

  routes.openapi(updateSchedule, async (c) => {
    c.get('services').access.authorizeSystem(c.get('principal'), `${resource}:update`);
    await beginOrSchedule(c, serviceOf(c.get('services')), toScheduleRequest(c.req.valid('json')));
    return c.body(null, 200);
  });

  routes.openapi(get, async (c) => {
    c.get('services').access.authorizeSystem(c.get('principal'), `${resource}:read`);
    return c.json(toRun(await serviceOf(c.get('services')).get(idOf(c.req.valid('param')))), 200);
  });

  routes.openapi(stop, async (c) => {
    c.get('services').access.authorizeSystem(c.get('principal'), `${resource}:stop`);
    await serviceOf(c.get('services')).stop(idOf(c.req.valid('param')), c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(getLog, async (c) => {
    c.get('services').access.authorizeSystem(c.get('principal'), `${resource}:read`);
    const taskId = await serviceOf(c.get('services')).taskOf(idOf(c.req.valid('param')));
    return taskLogResponse(c.get('services').jobs, taskId);
  });

  return routes;
}

function operations({ path, idName, tag, operationIds, parameters, schema }: MaintenanceApi) {
  const tags = [tag];
  const params = z.object({ [idName]: idSchema });
  const body = {
    required: true,
    content: { 'application/json': { schema: scheduleReqSchema } },
    description: `\`parameters\`: ${parameters}`,
  };
  const begun = 'begun, scheduled, or scheduled no more';
  const location = z.string().openapi({ description: 'of a run; of a schedule it ends in 0' });
  const ofOne = { path: `${path}/{${idName}}`, tags, request: { params } };
  const ofSchedule = { path: `${path}/schedule`, tags };
  const setsSchedule = { ...ofSchedule, middleware: jsonBody, request: { body } };
  return {
    list: createRoute({
      method: 'get',
      path,
      operationId: operationIds.list,
      tags,
      request: { query: pageQuerySchema },
      responses: { 200: listResponse(schema), ...errorResponses(400, 401, 403, 422) },
    }),
    getSchedule: createRoute({
      ...ofSchedule,
      method: 'get',
      operationId: operationIds.getSchedule,
      responses: {
        200: { description: 'the schedule, or null', content: { 'application/json': { schema: orNull(schema) } } },
        ...errorResponses(401, 403),
      },
    }),
    createSchedule: createRoute({
      ...setsSchedule,
      method: 'post',
      operationId: operationIds.createSchedule,
      responses: {
        201: { description: begun, headers: z.object({ Location: location }) },
        ...errorResponses(400, 401, 403, 415, 422),
      },
    }),
    updateSchedule: createRoute({
      ...setsSchedule,
      method: 'put',
      operationId: operationIds.updateSchedule,
      responses: { 200: { description: begun }, ...errorResponses(400, 401, 403, 415, 422) },
    }),
    get: createRoute({
      ...ofOne,
      method: 'get',
      operationId: operationIds.get,
      responses: {
        200: { description: 'ok', content: { 'application/json': { schema } } },
        ...errorResponses(401, 403, 404, 422),
      },
    }),
    stop: createRoute({
      ...ofOne,
      method: 'put',
      operationId: operationIds.stop,
      responses: { 200: { description: 'stopped' }, ...errorResponses(401, 403, 404, 422) },
    }),
    getLog: createRoute({
      ...ofOne,
      method: 'get',
      path: `${path}/{${idName}}/log`,
      operationId: operationIds.getLog,
      responses: { 200: TASK_LOG_RESPONSE, ...errorResponses(401, 403, 404, 422) },
    }),
  };
}

/** The only parameter there is. */
function idOf(params: Readonly<Record<string, number>>): number {
  const [id] = Object.values(params);
  if (id === undefined) throw new TypeError('a path without the id of a run');
  return id;
}

/** The id of the run; 0, as in Harbor, when none has begun. */
async function beginOrSchedule(
  c: Context<AppEnv>,
  maintenance: MaintenanceService,
  request: ScheduleRequest,
): Promise<number> {
  const actor = c.get('actor');
  if (request.type === 'None') {
    await maintenance.unschedule(actor);
    return 0;
  }
  if (request.type === 'Manual') return maintenance.start(request.parameters, actor);
  await maintenance.schedule({ cronType: request.type, cron: request.cron }, request.parameters, actor);
  return 0;
}
