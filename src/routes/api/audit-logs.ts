import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { parseSort, toOffsetPage } from '#core/api-query';
import { parseListingFilter } from '#core/listing-filter';
import type { AuditRecord, AuditScope } from '#domain/audit/audit';
import { AUDIT_EVENT_TYPES } from '#domain/audit/event-type';
import { setListHeaders } from '#routes/api/paging';
import { createApiRouter } from '#routes/api/router';
import {
  auditLogEventTypeSchema,
  auditLogExtSchema,
  auditLogSchema,
  toAuditLogDto,
  toAuditLogExtDto,
} from '#routes/api/schemas/audit-log';
import { errorResponses, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import type { AppEnv } from '#routes/app-env';

const TEXT = { of: 'text', by: ['exact', 'fuzzy', 'any-of'] } as const;
const INTEGER = { of: 'integer', by: ['exact'] } as const;
const FLAG = { of: 'flag', by: ['exact'] } as const;

const FILTER_KEYS = {
  id: INTEGER,
  project_id: INTEGER,
  username: TEXT,
  operation: TEXT,
  resource_type: TEXT,
  resource: TEXT,
  operation_description: TEXT,
  // What Harbor's rows call it, and what its answers do.
  is_successful: FLAG,
  operation_result: FLAG,
  op_time: { of: 'time', by: ['exact', 'range'] },
} as const;

const listAuditLogs = createRoute({
  method: 'get',
  path: '/audit-logs',
  operationId: 'listAuditLogs',
  tags: ['auditlog'],
  request: { query: pageQuerySchema },
  responses: { 200: listOf(auditLogSchema), ...errorResponses(400, 401, 422) },
});

const listAuditLogExts = createRoute({
  method: 'get',
  path: '/auditlog-exts',
  operationId: 'listAuditLogExts',
  tags: ['auditlog'],
  request: { query: pageQuerySchema },
  responses: { 200: listOf(auditLogExtSchema), ...errorResponses(400, 401, 422) },
});

const listAuditLogEventTypes = createRoute({
  method: 'get',
  path: '/auditlog-exts/events',
  operationId: 'listAuditLogEventTypes',
  tags: ['auditlog'],
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: z.array(auditLogEventTypeSchema) } } },
    ...errorResponses(401, 403),
  },
});

const projectParam = z.object({ project_name: z.string() });

const getLogs = createRoute({
  method: 'get',
  path: '/projects/{project_name}/logs',
  operationId: 'getLogs',
  tags: ['project'],
  request: { params: projectParam, query: pageQuerySchema },
  responses: { 200: listOf(auditLogSchema), ...errorResponses(400, 401, 403, 404, 422) },
});

const getLogExts = createRoute({
  method: 'get',
  path: '/projects/{project_name}/auditlog-exts',
  operationId: 'getLogExts',
  tags: ['project'],
  request: { params: projectParam, query: pageQuerySchema },
  responses: { 200: listOf(auditLogExtSchema), ...errorResponses(400, 401, 403, 404, 422) },
});

/** The audit log, in Harbor's old and new shape: both of the same entries. */
export function auditLogRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listAuditLogs, async (c) => {
    const scope = await c.get('services').access.authorizeAuditLog(c.get('principal'));
    return c.json((await listEntries(c, scope, c.req.valid('query'))).map(toAuditLogDto), 200);
  });

  routes.openapi(listAuditLogExts, async (c) => {
    const scope = await c.get('services').access.authorizeAuditLog(c.get('principal'));
    return c.json((await listEntries(c, scope, c.req.valid('query'))).map(toAuditLogExtDto), 200);
  });

  routes.openapi(listAuditLogEventTypes, (c) => {
    c.get('services').access.authorizeSystem(c.get('principal'), 'audit-log:list');
    return c.json(
      AUDIT_EVENT_TYPES.map((type) => ({ event_type: type })),
      200,
    );
  });

  routes.openapi(getLogs, async (c) => {
    const scope = await projectScope(c, c.req.valid('param').project_name);
    return c.json((await listEntries(c, scope, c.req.valid('query'))).map(toAuditLogDto), 200);
  });

  routes.openapi(getLogExts, async (c) => {
    const scope = await projectScope(c, c.req.valid('param').project_name);
    return c.json((await listEntries(c, scope, c.req.valid('query'))).map(toAuditLogExtDto), 200);
  });

  return routes;
}

async function projectScope(c: Context<AppEnv>, name: string): Promise<AuditScope> {
  const project = await c.get('services').access.authorizeProject(c.get('principal'), name, 'log:list');
  return { kind: 'projects', ids: [project.id] };
}

/** The page that was asked for; sets its headers. */
async function listEntries(
  c: Context<AppEnv>,
  scope: AuditScope,
  { page, page_size: pageSize, q, sort }: z.output<typeof pageQuerySchema>,
): Promise<readonly AuditRecord[]> {
  const filter = parseListingFilter(q, FILTER_KEYS);
  const { isDescending } = parseSort(sort, ['op_time'], { key: 'op_time', isDescending: true });
  const apiPage = { page, pageSize };
  const { items, total } = await c.get('services').audit.list(
    scope,
    {
      ...filter,
      projectId: filter.project_id,
      resourceType: filter.resource_type,
      description: filter.operation_description,
      isSuccess: filter.operation_result ?? filter.is_successful,
      atMs: filter.op_time,
    },
    { ...toOffsetPage(apiPage), isDescending },
  );
  setListHeaders(c, apiPage, total);
  return items;
}

function listOf<S extends z.ZodType>(schema: S) {
  return listResponse(schema);
}
