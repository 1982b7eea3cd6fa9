import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError } from '#core/errors';
import type { Action } from '#core/rbac/resources';
import type { RetentionPolicy } from '#domain/retention/retention-policy';
import {
  beginRun,
  executionParams,
  GET_LOG,
  LIST,
  LIST_TASKS,
  listRuns,
  listTasks,
  OPERATE,
  operateRun,
  sendLog,
  TRIGGER,
  taskParams,
} from '#routes/api/retention-runs';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import {
  defaultRetentionReqSchema,
  retentionSchema,
  toRetentionDto,
  toWirePolicy,
} from '#routes/api/schemas/retention';
import type { AppEnv } from '#routes/app-env';

const POLICY = '/system/retention';
const EXECUTIONS = `${POLICY}/executions`;
const tags = ['default-retention'];

const getDefault = createRoute({
  method: 'get',
  path: POLICY,
  operationId: 'getDefaultRetention',
  tags,
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: retentionSchema } } },
    ...errorResponses(401, 403, 404),
  },
});

const putDefault = createRoute({
  method: 'put',
  path: POLICY,
  operationId: 'updateDefaultRetention',
  tags,
  middleware: jsonBody,
  request: { body: { required: true, content: { 'application/json': { schema: defaultRetentionReqSchema } } } },
  responses: { 200: { description: 'set' }, ...errorResponses(400, 401, 403, 409, 415, 422) },
});

const deleteDefault = createRoute({
  method: 'delete',
  path: POLICY,
  operationId: 'deleteDefaultRetention',
  tags,
  responses: { 200: { description: 'deleted' }, ...errorResponses(401, 403, 404) },
});

const triggerExecution = createRoute({
  method: 'post',
  path: EXECUTIONS,
  operationId: 'triggerDefaultRetentionExecution',
  tags,
  middleware: TRIGGER.middleware,
  request: { body: TRIGGER.body },
  responses: TRIGGER.responses,
});

const listExecutions = createRoute({
  method: 'get',
  path: EXECUTIONS,
  operationId: 'listDefaultRetentionExecutions',
  tags,
  request: { query: LIST.query },
  responses: LIST.responses,
});

const operateExecution = createRoute({
  method: 'patch',
  path: `${EXECUTIONS}/{eid}`,
  operationId: 'operateDefaultRetentionExecution',
  tags,
  middleware: OPERATE.middleware,
  request: { params: executionParams, body: OPERATE.body },
  responses: OPERATE.responses,
});

const listDefaultTasks = createRoute({
  method: 'get',
  path: `${EXECUTIONS}/{eid}/tasks`,
  operationId: 'listDefaultRetentionTasks',
  tags,
  request: { params: executionParams, query: LIST_TASKS.query },
  responses: LIST_TASKS.responses,
});

const getTaskLog = createRoute({
  method: 'get',
  path: `${EXECUTIONS}/{eid}/tasks/{tid}`,
  operationId: 'getDefaultRetentionTaskLog',
  tags,
  request: { params: taskParams },
  responses: GET_LOG.responses,
});

/** The policy that stands in where a project has none, and its runs: administrators' own. */
export function systemRetentionRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(getDefault, async (c) => c.json(toRetentionDto(await authorizeDefault(c, 'read')), 200));

  routes.openapi(putDefault, async (c) => {
    const { access, retention } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'tag-retention:update');
    await retention.putDefault(toWirePolicy(c.req.valid('json')), c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(deleteDefault, async (c) => {
    const policy = await authorizeDefault(c, 'delete');
    await c.get('services').retention.delete(policy, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(triggerExecution, async (c) => {
    const policy = await authorizeDefault(c, 'update');
    return c.body(null, 201, { Location: await beginRun(c, policy, c.req.valid('json').dry_run) });
  });

  routes.openapi(listExecutions, async (c) => {
    const policy = await authorizeDefault(c, 'list');
    return c.json(await listRuns(c, policy, c.req.valid('query')), 200);
  });

  routes.openapi(operateExecution, async (c) => {
    const policy = await authorizeDefault(c, 'update');
    await operateRun(c, policy, c.req.valid('param').eid, c.req.valid('json').action);
    return c.body(null, 200);
  });

  routes.openapi(listDefaultTasks, async (c) => {
    const policy = await authorizeDefault(c, 'list');
    return c.json(await listTasks(c, policy, c.req.valid('param').eid, c.req.valid('query')), 200);
  });

  routes.openapi(getTaskLog, async (c) => {
    const policy = await authorizeDefault(c, 'read');
    return sendLog(c, policy, c.req.valid('param'));
  });

  return routes;
}

/** The default policy, for those who may; NOT_FOUND while there is none. */
async function authorizeDefault(
  c: Context<AppEnv>,
  action: Extract<Action, 'read' | 'update' | 'delete' | 'list'>,
): Promise<RetentionPolicy> {
  const { access, retention } = c.get('services');
  access.authorizeSystem(c.get('principal'), `tag-retention:${action}`);
  const policy = await retention.findDefault();
  if (policy) return policy;
  throw new AppError('NOT_FOUND', { message: 'there is no default retention policy' });
}
