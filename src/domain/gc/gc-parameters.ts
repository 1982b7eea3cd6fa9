import { AppError } from '#core/errors';

/** Harbor's default, in hours. */
const DEFAULT_WINDOW_HOURS = 2;
/** A year; whoever wants to keep garbage longer need not collect it. */
const MAX_WINDOW_HOURS = 8_760;
const MAX_WORKERS = 10;

/** What a run of garbage collection is told. */
export interface GcParameters {
  /** Whether artifacts without a tag go too, that no index points at and no policy keeps. */
  readonly isDeletingUntagged: boolean;
  /** Harbor's switch for tags its storage keeps beside the database; there are none here, so it changes nothing. */
  readonly isDeletingTags: boolean;
  readonly isDryRun: boolean;
  /** Calls that delete objects beside each other, 1 to 10. */
  readonly workers: number;
  /** How long something must have been garbage, and untouched, before it goes. */
  readonly timeWindowHours: number;
}

/** Parameters as clients send them and as they are kept, by Harbor's names; BAD_REQUEST for what is none. */
export function parseGcParameters(given: Readonly<Record<string, unknown>>): GcParameters {
  return {
    isDeletingUntagged: flag(given, 'delete_untagged'),
    isDeletingTags: flag(given, 'delete_tag'),
    isDryRun: flag(given, 'dry_run'),
    workers: whole(given, 'workers', { least: 1, most: MAX_WORKERS, otherwise: 1 }),
    timeWindowHours: whole(given, 'time_window_hours', {
      least: 0,
      most: MAX_WINDOW_HOURS,
      otherwise: DEFAULT_WINDOW_HOURS,
    }),
  };
}

/** The inverse of {@link parseGcParameters}. */
export function gcParametersRecord(parameters: GcParameters): Readonly<Record<string, unknown>> {
  return {
    delete_untagged: parameters.isDeletingUntagged,
    delete_tag: parameters.isDeletingTags,
    dry_run: parameters.isDryRun,
    workers: parameters.workers,
    time_window_hours: parameters.timeWindowHours,
  };
}

function flag(given: Readonly<Record<string, unknown>>, name: string): boolean {
  const value = given[name] ?? false;
  if (typeof value === 'boolean') return value;
  throw new AppError('BAD_REQUEST', { message: `${name} is true or false` });
}

function whole(
  given: Readonly<Record<string, unknown>>,
  name: string,
  { least, most, otherwise }: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  const value = given[name] ?? otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new AppError('BAD_REQUEST', { message: `${name} is a whole number from ${least} to ${most}` });
}
