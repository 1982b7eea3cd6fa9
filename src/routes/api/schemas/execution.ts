import { z } from '@hono/zod-openapi';
import type { Execution } from '#domain/jobs/execution';
import type { Task } from '#domain/jobs/task';
import { toTimestamp } from '#routes/api/schemas/common';

const attributesSchema = z.record(z.string(), z.unknown()).openapi('ExtraAttrs');

const metricsSchema = z
  .object({
    task_count: z.int(),
    success_task_count: z.int().optional(),
    error_task_count: z.int().optional(),
    pending_task_count: z.int().optional(),
    running_task_count: z.int().optional(),
    scheduled_task_count: z.int().optional(),
    stopped_task_count: z.int().optional(),
  })
  .openapi('Metrics');

/** A run of a policy. */
export const executionSchema = z
  .object({
    id: z.int(),
    vendor_type: z.string(),
    vendor_id: z.int(),
    status: z.string(),
    status_message: z.string().optional(),
    metrics: metricsSchema,
    trigger: z.string(),
    extra_attrs: attributesSchema,
    start_time: z.iso.datetime(),
    end_time: z.iso.datetime().openapi({ description: 'the year 1 for what has not ended' }),
  })
  .openapi('Execution');

/** A piece of a run. */
export const taskSchema = z
  .object({
    id: z.int(),
    execution_id: z.int(),
    status: z.string(),
    status_message: z.string().optional(),
    run_count: z.int().openapi({ description: 'how often it was begun' }),
    extra_attrs: attributesSchema,
    creation_time: z.iso.datetime(),
    update_time: z.iso.datetime(),
    start_time: z.iso.datetime().openapi({ description: 'the year 1 for what has not begun' }),
    end_time: z.iso.datetime().openapi({ description: 'the year 1 for what has not ended' }),
  })
  .openapi('Task');

export function toExecutionDto(execution: Execution): z.output<typeof executionSchema> {
  return {
    id: execution.id,
    vendor_type: execution.vendorType,
    vendor_id: execution.vendorId,
    status: execution.status,
    ...(execution.statusMessage !== '' && { status_message: execution.statusMessage }),
    metrics: toMetrics(execution.taskCounts),
    trigger: execution.trigger,
    extra_attrs: execution.parameters,
    start_time: toTimestamp(execution.startedAtMs),
    end_time: toTimestamp(execution.endedAtMs),
  };
}

/** Numbers of 0 are left out, as Harbor does. */
function toMetrics(counts: Execution['taskCounts']): z.output<typeof metricsSchema> {
  const entries = Object.entries(counts);
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  const present = entries.filter(([, count]) => count > 0).map(([status, count]) => [`${status}_task_count`, count]);
  return { task_count: total, ...Object.fromEntries(present) };
}

/** What a task has brought, as far as anybody may see it, and how often it was begun. */
interface TaskOutcome {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly runCount: number;
}

export function toTaskDto(task: Task, { attributes, runCount }: TaskOutcome): z.output<typeof taskSchema> {
  return {
    id: task.id,
    execution_id: task.executionId,
    status: task.status,
    ...(task.statusMessage !== '' && { status_message: task.statusMessage }),
    run_count: runCount,
    extra_attrs: attributes,
    creation_time: toTimestamp(task.createdAtMs),
    update_time: toTimestamp(task.updatedAtMs),
    start_time: toTimestamp(task.startedAtMs),
    end_time: toTimestamp(task.endedAtMs),
  };
}
