import { z } from '@hono/zod-openapi';
import { AppError } from '#core/errors';
import type { CronType } from '#domain/schedules/schedule';

/** `Manual` runs now, `None` takes the schedule away, the others run by their cron. */
const scheduleTypeSchema = z.enum(['Hourly', 'Daily', 'Weekly', 'Custom', 'Manual', 'None', 'Schedule']);

/** When something runs. Also of a run: then the type is what began it, and nothing comes next. */
export const scheduleObjSchema = z
  .object({
    type: scheduleTypeSchema.optional(),
    cron: z.string().optional().openapi({ description: 'six fields, seconds first and 0, UTC' }),
    next_scheduled_time: z.iso.datetime().optional(),
  })
  .openapi('ScheduleObj');

/** What a client sends to run something now, again and again, or no more. What Harbor marks as read-only is passed over. */
export const scheduleReqSchema = z
  .object({
    schedule: z.object({ type: scheduleTypeSchema.nullish(), cron: z.string().nullish() }).nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  })
  .openapi('ScheduleReq');

type Parameters = Readonly<Record<string, unknown>>;

/** What was asked for. */
export type ScheduleRequest =
  | { readonly type: 'Manual'; readonly parameters: Parameters }
  | { readonly type: 'None'; readonly parameters: Parameters }
  /** The cron is as it was sent; whoever keeps it checks whether it is one. */
  | { readonly type: CronType; readonly cron: string; readonly parameters: Parameters };

/** BAD_REQUEST when it says nothing of when. `Schedule` is Harbor's other word for a cron of one's own. */
export function toScheduleRequest({ schedule, parameters }: z.output<typeof scheduleReqSchema>): ScheduleRequest {
  const given = { parameters: parameters ?? {} };
  const { type, cron } = schedule ?? {};
  switch (type) {
    case 'Manual':
    case 'None':
      return { ...given, type };
    case undefined:
    case null:
      throw new AppError('BAD_REQUEST', { message: 'the type of the schedule is required' });
    default:
      requireWholeMinutes(cron ?? '');
      return { ...given, type: type === 'Schedule' ? 'Custom' : type, cron: cron ?? '' };
  }
}

/** As Harbor does (`harbor:src/common/utils/utils.go` ValidateCronString): nothing runs more than once a minute. */
function requireWholeMinutes(cron: string): void {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 6 || fields[0] === '0') return;
  throw new AppError('BAD_REQUEST', {
    message: 'the 1st field (indicating Seconds of time) of the cron setting must be 0',
  });
}
