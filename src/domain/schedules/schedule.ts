import { nextCronTimeMs } from '#core/cron';
import { AppError } from '#core/errors';
import type { VendorType } from '#domain/jobs/vendor-type';

/** Harbor's words for how often; the first three stand for crons of their own where none is given. */
export type CronType = 'Hourly' | 'Daily' | 'Weekly' | 'Custom';

/** Work that comes again at set times. */
export interface Schedule {
  readonly id: number;
  /** Harbor's vendor type: `GARBAGE_COLLECTION`, `RETENTION`, … */
  readonly vendorType: VendorType;
  /** Which one of its kind; 0 where there is but one. */
  readonly vendorId: number;
  readonly cronType: CronType;
  /** Six fields, seconds first, UTC. */
  readonly cron: string;
  /** What the work gets. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Who set it, by name. */
  readonly operator: string;
  readonly dueAtMs: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Times as they are asked for. */
export interface Times {
  readonly cronType: CronType;
  /** Empty where the type says it all. */
  readonly cron: string;
}

const CRONS = { Hourly: '0 0 * * * *', Daily: '0 0 0 * * *', Weekly: '0 0 0 * * 0' } as const;

/** The cron of the times; BAD_REQUEST when it is none, or never comes. */
export function cronOf({ cronType, cron }: Times, nowMs: number): string {
  const wanted = cronType === 'Custom' || cron !== '' ? cron : CRONS[cronType];
  if (nextCronTimeMs(wanted, nowMs) === undefined) {
    throw new AppError('BAD_REQUEST', { message: `invalid cron string for scheduled job: ${wanted.slice(0, 200)}` });
  }
  return wanted;
}
