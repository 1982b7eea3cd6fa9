import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '#core/errors';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import {
  actionRequestSchema,
  jobQueueSchema,
  POOL_ID,
  toJobQueueDto,
  toWorkerDto,
  toWorkerPoolDto,
  workerPoolSchema,
  workerSchema,
} from '#routes/api/schemas/job-service';
import { TASK_LOG_RESPONSE, taskLogResponse } from '#routes/api/task-log';
import type { AppEnv } from '#routes/app-env';

const tags = ['jobservice'];
const jobParams = z.object({ job_id: z.string() });

const getWorkerPools = createRoute({
  method: 'get',
  path: '/jobservice/pools',
  operationId: 'getWorkerPools',
  tags,
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: z.array(workerPoolSchema) } } },
    ...errorResponses(401, 403),
  },
});

const getWorkers = createRoute({
  method: 'get',
  path: '/jobservice/pools/{pool_id}/workers',
  operationId: 'getWorkers',
  tags,
  request: { params: z.object({ pool_id: z.string().openapi({ description: '`all` stands for all pools' }) }) },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: z.array(workerSchema) } } },
    ...errorResponses(401, 403),
  },
});

const stopRunningJob = createRoute({
  method: 'put',
  path: '/jobservice/jobs/{job_id}',
  operationId: 'stopRunningJob',
  tags,
  request: { params: z.object({ job_id: z.string().openapi({ description: '`all` stands for all that run' }) }) },
  responses: { 200: { description: 'stopped, or there was nothing to stop' }, ...errorResponses(401, 403) },
});

const actionGetJobLog = createRoute({
  method: 'get',
  path: '/jobservice/jobs/{job_id}/log',
  operationId: 'actionGetJobLog',
  tags,
  request: { params: jobParams },
  responses: { 200: TASK_LOG_RESPONSE, ...errorResponses(401, 403, 404) },
});

const listJobQueues = createRoute({
  method: 'get',
  path: '/jobservice/queues',
  operationId: 'listJobQueues',
  tags,
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: z.array(jobQueueSchema) } } },
    ...errorResponses(401, 403),
  },
});

const actionPendingJobs = createRoute({
  method: 'put',
  path: '/jobservice/queues/{job_type}',
  operationId: 'actionPendingJobs',
  tags,
  middleware: jsonBody,
  request: {
    params: z.object({ job_type: z.string().openapi({ description: '`all` stands for all types' }) }),
    body: { required: true, content: { 'application/json': { schema: actionRequestSchema } } },
  },
  responses: { 200: { description: 'done' }, ...errorResponses(400, 401, 403, 404, 415, 422) },
});

export function jobServiceRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(getWorkerPools, (c) => {
    const { access, jobMonitor, clock } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'jobservice-monitor:list');
    return c.json([toWorkerPoolDto(jobMonitor.startedAtMs, clock.nowMs())], 200);
  });

  routes.openapi(getWorkers, async (c) => {
    const { access, jobMonitor } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'jobservice-monitor:list');
    const pool = c.req.valid('param').pool_id;
    const isKnown = isAll(pool) || pool === POOL_ID;
    return c.json(isKnown ? (await jobMonitor.running()).map(toWorkerDto) : [], 200);
  });

  routes.openapi(stopRunningJob, async (c) => {
    const { access, jobMonitor } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'jobservice-monitor:stop');
    const jobId = c.req.valid('param').job_id;
    await (isAll(jobId) ? jobMonitor.stopRunning(c.get('actor')) : jobMonitor.stopJob(jobId, c.get('actor')));
    return c.body(null, 200);
  });

  routes.openapi(actionGetJobLog, async (c) => {
    const { access, jobs } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'jobservice-monitor:list');
    const task = await jobs.getTaskOfJob(c.req.valid('param').job_id);
    return taskLogResponse(jobs, task.id);
  });

  routes.openapi(listJobQueues, async (c) => {
    const { access, jobMonitor, clock } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'jobservice-monitor:list');
    const queues = await jobMonitor.queues();
    return c.json(
      queues.map((queue) => toJobQueueDto(queue, clock.nowMs())),
      200,
    );
  });

  routes.openapi(actionPendingJobs, async (c) => {
    const { access, jobMonitor } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'jobservice-monitor:stop');
    const jobType = c.req.valid('param').job_type;
    const actor = c.get('actor');
    switch (c.req.valid('json').action) {
      case 'stop':
        await jobMonitor.stopWaiting(jobType, actor);
        break;
      case 'pause':
        await jobMonitor.pause(jobType, actor);
        break;
      case 'resume':
        await jobMonitor.resume(jobType, actor);
        break;
      default:
        throw new AppError('BAD_REQUEST', { message: 'the action is not supported' });
    }
    return c.body(null, 200);
  });

  return routes;
}

function isAll(name: string): boolean {
  return name.toLowerCase() === 'all';
}
