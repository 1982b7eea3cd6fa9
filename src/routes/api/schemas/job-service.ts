import { z } from '@hono/zod-openapi';
import type { QueueState } from '#domain/jobs/job-monitor-store';
import type { Task } from '#domain/jobs/task';
import { toTimestamp } from '#routes/api/schemas/common';

/** The one pool there is: tasks run wherever the platform starts a consumer of their queue. */
export const POOL_ID = 'roadstead';
/** Tasks that one consumer runs beside each other: `max_batch_size` of the queue in wrangler.toml. */
const CONCURRENCY = 10;

export const workerPoolSchema = z
  .object({
    worker_pool_id: z.string(),
    start_at: z.iso.datetime(),
    heartbeat_at: z.iso.datetime(),
    concurrency: z.int(),
  })
  .openapi('WorkerPool');

export const workerSchema = z
  .object({
    id: z.string(),
    pool_id: z.string(),
    job_name: z.string(),
    job_id: z.string(),
    start_at: z.iso.datetime(),
    checkin_at: z.iso.datetime().openapi({ description: 'when the task last committed a slice, or was taken for one' }),
  })
  .openapi('Worker');

export const jobQueueSchema = z
  .object({
    job_type: z.string(),
    count: z.int().openapi({ description: 'jobs that wait, now or for another try; 10000 stands for more, too' }),
    latency: z.int().openapi({ description: 'seconds the oldest of them has waited' }),
    paused: z.boolean(),
  })
  .openapi('JobQueue');

/** Left out, the action is one that is not supported; Harbor says so, too. */
export const actionRequestSchema = z
  .object({ action: z.enum(['stop', 'pause', 'resume']).optional() })
  .openapi('ActionRequest');

export const schedulerStatusSchema = z.object({ paused: z.boolean() }).openapi('SchedulerStatus');

export function toWorkerPoolDto(startedAtMs: number, nowMs: number): z.output<typeof workerPoolSchema> {
  return {
    worker_pool_id: POOL_ID,
    start_at: toTimestamp(startedAtMs),
    heartbeat_at: toTimestamp(nowMs),
    concurrency: CONCURRENCY,
  };
}

/** A task that runs has a worker to itself. */
export function toWorkerDto(task: Task): z.output<typeof workerSchema> {
  return {
    id: String(task.id),
    pool_id: POOL_ID,
    job_name: task.vendorType,
    job_id: task.jobId,
    start_at: toTimestamp(task.startedAtMs),
    checkin_at: toTimestamp(task.updatedAtMs),
  };
}

export function toJobQueueDto(queue: QueueState, nowMs: number): z.output<typeof jobQueueSchema> {
  const sinceMs = queue.waitingSinceMs ?? nowMs;
  return {
    job_type: queue.jobType,
    count: queue.waitingCount,
    latency: Math.max(0, Math.floor((nowMs - sinceMs) / 1_000)),
    paused: queue.isPaused,
  };
}
