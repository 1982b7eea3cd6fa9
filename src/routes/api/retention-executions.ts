import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
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
import { authorizeRetention } from '#routes/api/retentions';
import { createApiRouter } from '#routes/api/router';
import { idSchema } from '#routes/api/schemas/common';
import type { AppEnv } from '#routes/app-env';

const EXECUTIONS = '/retentions/{id}/executions';
const tags = ['Retention'];
const params = z.object({ id: idSchema });

const triggerExecution = createRoute({
  method: 'post',
  path: EXECUTIONS,
  operationId: 'triggerRetentionExecution',
  tags,
  middleware: TRIGGER.middleware,
  request: { params, body: TRIGGER.body },
  responses: TRIGGER.responses,
});

const listExecutions = createRoute({
  method: 'get',
  path: EXECUTIONS,
  operationId: 'listRetentionExecutions',
  tags,
  request: { params, query: LIST.query },
  responses: LIST.responses,
});

const operateExecution = createRoute({
  method: 'patch',
  path: `${EXECUTIONS}/{eid}`,
  operationId: 'operateRetentionExecution',
  tags,
  middleware: OPERATE.middleware,
  request: { params: params.extend(executionParams.shape), body: OPERATE.body },
  responses: OPERATE.responses,
});

const listRetentionTasks = createRoute({
  method: 'get',
  path: `${EXECUTIONS}/{eid}/tasks`,
  operationId: 'listRetentionTasks',
  tags,
  request: { params: params.extend(executionParams.shape), query: LIST_TASKS.query },
  responses: LIST_TASKS.responses,
});

const getTaskLog = createRoute({
  method: 'get',
  path: `${EXECUTIONS}/{eid}/tasks/{tid}`,
  operationId: 'getRetentionTaskLog',
  tags,
  request: { params: params.extend(taskParams.shape) },
  responses: GET_LOG.responses,
});

/** Runs of a project's policy, as Harbor has them. */
export function retentionExecutionRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(triggerExecution, async (c) => {
    const policy = await authorizeRetention(c, c.req.valid('param').id, 'update');
    return c.body(null, 201, { Location: await beginRun(c, policy, c.req.valid('json').dry_run) });
  });

  routes.openapi(listExecutions, async (c) => {
    const policy = await authorizeRetention(c, c.req.valid('param').id, 'list');
    return c.json(await listRuns(c, policy, c.req.valid('query')), 200);
  });

  routes.openapi(operateExecution, async (c) => {
    const { id, eid } = c.req.valid('param');
    const policy = await authorizeRetention(c, id, 'update');
    await operateRun(c, policy, eid, c.req.valid('json').action);
    return c.body(null, 200);
  });

  routes.openapi(listRetentionTasks, async (c) => {
    const { id, eid } = c.req.valid('param');
    const policy = await authorizeRetention(c, id, 'list');
    return c.json(await listTasks(c, policy, eid, c.req.valid('query')), 200);
  });

  routes.openapi(getTaskLog, async (c) => {
    const { id, ...ids } = c.req.valid('param');
    const policy = await authorizeRetention(c, id, 'read');
    return sendLog(c, policy, ids);
  });

  return routes;
}
