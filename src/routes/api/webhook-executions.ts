import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { parseSort, toOffsetPage } from '#core/api-query';
import { parseListingFilter } from '#core/listing-filter';
import type { Permission } from '#core/rbac/resources';
import type { Whose } from '#domain/jobs/job-service';
import { triesOf } from '#domain/webhooks/delivery-job';
import { DELIVERY_VENDOR_TYPES } from '#domain/webhooks/webhook-policy';
import { setListHeaders } from '#routes/api/paging';
import { projectParam, resourceNameHeader, toNameOrId } from '#routes/api/project-param';
import { createApiRouter } from '#routes/api/router';
import { errorResponses, flagSchema, idSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import { executionSchema, taskSchema, toExecutionDto, toTaskDto } from '#routes/api/schemas/execution';
import { toWebhookJobDto, webhookJobSchema } from '#routes/api/schemas/webhook';
import { TASK_LOG_RESPONSE, taskLogResponse } from '#routes/api/task-log';
import type { AppEnv } from '#routes/app-env';

const path = '/projects/{project_name_or_id}/webhook';
const executionsPath = `${path}/policies/{webhook_policy_id}/executions`;
const tags = ['webhook'];
const headers = resourceNameHeader;
const policyParams = projectParam.extend({ webhook_policy_id: idSchema });
const executionParams = policyParams.extend({ execution_id: idSchema });

const EXECUTION_KEYS = {
  id: { of: 'integer', by: ['exact', 'any-of', 'range'] },
  status: { of: 'text', by: ['exact', 'any-of'] },
  trigger: { of: 'text', by: ['exact', 'any-of'] },
} as const;
const TASK_KEYS = { status: { of: 'text', by: ['exact', 'any-of'] } } as const;

const listExecutions = createRoute({
  method: 'get',
  path: executionsPath,
  operationId: 'ListExecutionsOfWebhookPolicy',
  tags,
  request: { params: policyParams, headers, query: pageQuerySchema },
  responses: { 200: listResponse(executionSchema), ...errorResponses(400, 401, 403, 404, 422) },
});

const listTasks = createRoute({
  method: 'get',
  path: `${executionsPath}/{execution_id}/tasks`,
  operationId: 'ListTasksOfWebhookExecution',
  tags,
  request: { params: executionParams, headers, query: pageQuerySchema },
  responses: { 200: listResponse(taskSchema), ...errorResponses(400, 401, 403, 404, 422) },
});

const getLog = createRoute({
  method: 'get',
  path: `${executionsPath}/{execution_id}/tasks/{task_id}/log`,
  operationId: 'GetLogsOfWebhookTask',
  tags,
  request: { params: executionParams.extend({ task_id: idSchema }), headers },
  responses: { 200: TASK_LOG_RESPONSE, ...errorResponses(401, 403, 404, 422) },
});

const listJobs = createRoute({
  method: 'get',
  path: `${path}/jobs`,
  operationId: 'ListWebhookJobs',
  tags: ['webhookjob'],
  deprecated: true,
  request: {
    params: projectParam,
    headers,
    query: pageQuerySchema.extend({
      policy_id: idSchema,
      status: z.string().optional().openapi({ description: 'one or more, with commas between' }),
    }),
  },
  responses: { 200: listResponse(webhookJobSchema), ...errorResponses(400, 401, 403, 404, 422) },
});

/** What became of the deliveries of a policy. */
export function webhookExecutionRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listExecutions, async (c) => {
    const whose = await authorize(c, c.req.valid('param').webhook_policy_id, 'notification-policy:read');
    const { page, page_size: pageSize, q, sort } = c.req.valid('query');
    const filter = { ...whose, ...parseListingFilter(q, EXECUTION_KEYS), isAscending: !isNewestFirst(sort) };
    const apiPage = { page, pageSize };
    const { items, total } = await c.get('services').jobs.list(filter, toOffsetPage(apiPage));
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toExecutionDto), 200);
  });

  routes.openapi(listTasks, async (c) => {
    const { webhook_policy_id: policyId, execution_id: executionId } = c.req.valid('param');
    const whose = await authorize(c, policyId, 'notification-policy:read');
    const { jobs } = c.get('services');
    const { id } = await jobs.get(executionId, whose);
    const { page, page_size: pageSize, q, sort } = c.req.valid('query');
    const filter = { ...parseListingFilter(q, TASK_KEYS), isDescending: isNewestFirst(sort) };
    const apiPage = { page, pageSize };
    const { items, total } = await jobs.listTasks(id, filter, toOffsetPage(apiPage));
    setListHeaders(c, apiPage, total);
    // What it was started with holds secrets, and is not shown; nor does Harbor.
    return c.json(
      items.map((task) => toTaskDto(task, { attributes: task.results, runCount: triesOf(task) })),
      200,
    );
  });

  routes.openapi(getLog, async (c) => {
    const { webhook_policy_id: policyId, execution_id: executionId, task_id: taskId } = c.req.valid('param');
    const whose = await authorize(c, policyId, 'notification-policy:read');
    const { jobs } = c.get('services');
    const execution = await jobs.get(executionId, whose);
    const task = await jobs.getTask(execution.id, taskId);
    // A streamed text, which the router's types do not know.
    return (await taskLogResponse(jobs, task.id)) as never;
  });

  routes.openapi(listJobs, async (c) => {
    const { page, page_size: pageSize, q, sort, policy_id: policyId, status } = c.req.valid('query');
    const whose = await authorize(c, policyId, 'notification-policy:list');
    const ofStatus = status ? { status: { match: 'any-of', values: status.split(',') } as const } : {};
    const filter = {
      ...whose,
      ...parseListingFilter(q, EXECUTION_KEYS),
      ...ofStatus,
      isAscending: !isNewestFirst(sort),
    };
    const apiPage = { page, pageSize };
    const { items, total } = await c.get('services').jobs.list(filter, toOffsetPage(apiPage));
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toWebhookJobDto), 200);
  });

  return routes;
}

/** The right in the project; then whose executions are asked for. NOT_FOUND for a policy of another project. */
async function authorize(c: Context<AppEnv>, policyId: number, permission: Permission): Promise<Whose> {
  const { access, webhookPolicies } = c.get('services');
  const text = c.req.param('project_name_or_id') ?? '';
  const isName = flagSchema.safeParse(c.req.header('x-is-resource-name')).data;
  const nameOrId = toNameOrId({ project_name_or_id: text }, { 'x-is-resource-name': isName });
  const project = await access.authorizeProject(c.get('principal'), nameOrId, permission);
  const policy = await webhookPolicies.find(project, policyId);
  return { vendorTypes: DELIVERY_VENDOR_TYPES, vendorId: policy.id };
}

/** Runs and their pieces are sorted by age alone. */
function isNewestFirst(sort: string | undefined): boolean {
  return parseSort(sort, ['id', 'start_time', 'creation_time'], { key: 'id', isDescending: true }).isDescending;
}
