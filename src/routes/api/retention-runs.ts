import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { toOffsetPage } from '#core/api-query';
import { AppError } from '#core/errors';
import type { RetentionPolicy } from '#domain/retention/retention-policy';
import { setListHeaders } from '#routes/api/paging';
import { jsonBody } from '#routes/api/router';
import { errorResponses, idSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import {
  retentionDeedReqSchema,
  retentionExecutionSchema,
  retentionRunReqSchema,
  retentionTaskSchema,
  toRetentionExecutionDto,
  toRetentionTaskDto,
} from '#routes/api/schemas/retention';
import { TASK_LOG_RESPONSE, taskLogResponse } from '#routes/api/task-log';
import type { AppEnv } from '#routes/app-env';

/** What the operations on runs of a policy have in common, whosever policy it is. */
const page = pageQuerySchema.pick({ page: true, page_size: true });
export const executionParams = z.object({ eid: idSchema });
export const taskParams = executionParams.extend({ tid: idSchema });

export const TRIGGER = {
  middleware: jsonBody,
  body: { required: true, content: { 'application/json': { schema: retentionRunReqSchema } } },
  responses: {
    201: { description: 'begun', headers: z.object({ Location: z.string() }) },
    ...errorResponses(400, 401, 403, 404, 415, 422),
  },
} as const;

export const LIST = {
  query: page,
  responses: { 200: listResponse(retentionExecutionSchema), ...errorResponses(401, 403, 404, 422) },
} as const;

export const OPERATE = {
  middleware: jsonBody,
  body: { required: true, content: { 'application/json': { schema: retentionDeedReqSchema } } },
  responses: { 200: { description: 'stopped' }, ...errorResponses(400, 401, 403, 404, 415, 422) },
} as const;

export const LIST_TASKS = {
  query: page,
  responses: { 200: listResponse(retentionTaskSchema), ...errorResponses(401, 403, 404, 422) },
} as const;

export const GET_LOG = {
  responses: {
    200: TASK_LOG_RESPONSE,
    ...errorResponses(401, 403, 404, 422),
  },
} as const;

interface ApiPage {
  readonly page: number;
  readonly page_size: number;
}

/** Begins a run; answers where it is. */
export async function beginRun(c: Context<AppEnv>, policy: RetentionPolicy, isDryRun: boolean): Promise<string> {
  const id = await c.get('services').retention.run(policy, isDryRun, c.get('actor'));
  return `${c.req.path.replace(/\/$/, '')}/${id}`;
}

export async function listRuns(c: Context<AppEnv>, policy: RetentionPolicy, query: ApiPage) {
  const apiPage = { page: query.page, pageSize: query.page_size };
  const { items, total } = await c.get('services').retention.listRuns(policy, toOffsetPage(apiPage));
  setListHeaders(c, apiPage, total);
  return items.map(toRetentionExecutionDto);
}

/** Stops a run, which is all that can be done to one. */
export async function operateRun(c: Context<AppEnv>, policy: RetentionPolicy, id: number, action: string) {
  const { retention } = c.get('services');
  if (action !== 'stop') throw new AppError('BAD_REQUEST', { message: "action should be 'stop'" });
  await retention.stop(policy, await retention.getRun(policy, id), c.get('actor'));
}

export async function listTasks(c: Context<AppEnv>, policy: RetentionPolicy, id: number, query: ApiPage) {
  const { retention } = c.get('services');
  const apiPage = { page: query.page, pageSize: query.page_size };
  const { items, total } = await retention.listTasks(await retention.getRun(policy, id), toOffsetPage(apiPage));
  setListHeaders(c, apiPage, total);
  return items.map(toRetentionTaskDto);
}

/** The log of a task, sent as it is read. */
export async function sendLog(
  c: Context<AppEnv>,
  policy: RetentionPolicy,
  { eid, tid }: { readonly eid: number; readonly tid: number },
) {
  const { jobs, retention } = c.get('services');
  const { id } = await retention.getTask(policy, eid, tid);
  return taskLogResponse(jobs, id);
}
