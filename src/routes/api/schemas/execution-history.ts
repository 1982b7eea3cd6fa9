import { z } from '@hono/zod-openapi';
import type { Execution } from '#domain/jobs/execution';
import type { Schedule } from '#domain/schedules/schedule';
import { toTimestamp } from '#routes/api/schemas/common';
import { scheduleObjSchema } from '#routes/api/schemas/schedule';

const shape = {
  id: z.int(),
  /** Harbor leaves it out of a schedule. */
  job_name: z.string().optional(),
  job_kind: z.string().openapi({ description: 'what began the run (MANUAL, SCHEDULE); of a schedule its cron' }),
  job_parameters: z.string().openapi({ description: 'JSON of an object' }),
  schedule: scheduleObjSchema,
  job_status: z.string(),
  creation_time: z.iso.datetime(),
  update_time: z.iso.datetime(),
};

/** A run of some maintenance, or its schedule. Harbor names the same shape twice. */
export const execHistorySchema = z.object(shape).openapi('ExecHistory');
export const gcHistorySchema = z.object(shape).openapi('GCHistory');

export type ExecutionHistorySchema = typeof execHistorySchema;
export type ExecutionHistoryDto = z.output<ExecutionHistorySchema>;

/** A run; its parameters are what it was started with and what it has brought so far. */
export function toExecutionHistoryDto(execution: Execution): ExecutionHistoryDto {
  return {
    id: execution.id,
    job_name: execution.vendorType,
    job_kind: execution.trigger,
    job_parameters: JSON.stringify({ ...execution.parameters, ...execution.results }),
    schedule: {
      type: execution.trigger === 'MANUAL' ? 'Manual' : 'Schedule',
      next_scheduled_time: toTimestamp(undefined),
    },
    job_status: execution.status,
    creation_time: toTimestamp(execution.startedAtMs),
    update_time: toTimestamp(execution.updatedAtMs),
  };
}

/** A schedule in the shape of a run; for as long as it stands it is `Running`. */
export function toScheduleHistoryDto(schedule: Schedule): ExecutionHistoryDto {
  const { id, cronType, cron, parameters, dueAtMs, createdAtMs, updatedAtMs } = schedule;
  return {
    id,
    job_kind: cron,
    job_parameters: JSON.stringify(parameters),
    schedule: { type: cronType, cron, next_scheduled_time: toTimestamp(dueAtMs) },
    job_status: 'Running',
    creation_time: toTimestamp(createdAtMs),
    update_time: toTimestamp(updatedAtMs),
  };
}
