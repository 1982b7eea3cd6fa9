import { z } from '@hono/zod-openapi';
import type { Execution } from '#domain/jobs/execution';
import { toTimestamp } from '#routes/api/schemas/common';
import { type Recurrence, scheduleObjSchema } from '#routes/api/schemas/schedule';

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

type ExecutionHistoryDto = z.output<typeof execHistorySchema>;

/** A run; `attributes` are what it was started with and, where it tells, what it has brought. */
export function toExecutionHistoryDto(
  execution: Execution,
  attributes: Readonly<Record<string, unknown>> = execution.parameters,
): ExecutionHistoryDto {
  return {
    id: execution.id,
    job_name: execution.vendorType,
    job_kind: execution.trigger,
    job_parameters: JSON.stringify(attributes),
    schedule: {
      type: execution.trigger === 'MANUAL' ? 'Manual' : 'Schedule',
      next_scheduled_time: toTimestamp(undefined),
    },
    job_status: execution.status,
    creation_time: toTimestamp(execution.startedAtMs),
    update_time: toTimestamp(execution.updatedAtMs),
  };
}

interface ScheduleFacts {
  readonly id: number;
  readonly type: Recurrence;
  readonly cron: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly dueAtMs: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A schedule in the shape of a run; for as long as it stands it is `Running`. */
export function toScheduleHistoryDto(schedule: ScheduleFacts): ExecutionHistoryDto {
  const { id, type, cron, parameters, dueAtMs, createdAtMs, updatedAtMs } = schedule;
  return {
    id,
    job_kind: cron,
    job_parameters: JSON.stringify(parameters),
    schedule: { type, cron, next_scheduled_time: toTimestamp(dueAtMs) },
    job_status: 'Running',
    creation_time: toTimestamp(createdAtMs),
    update_time: toTimestamp(updatedAtMs),
  };
}
