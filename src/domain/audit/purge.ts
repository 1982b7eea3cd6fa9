import { AppError } from '#core/errors';
import { type PurgedOperation, purgedOperations } from '#domain/audit/event-type';

/** What a purge is started with, under Harbor's names; kept and shown as it is here. */
export interface PurgeParameters {
  /** Hours; entries older than this go. */
  readonly audit_retention_hour: number;
  readonly dry_run: boolean;
  /** Separated by commas; `other` is all but those of artifacts, and what is no type is passed over, as in Harbor. */
  readonly include_event_types: string;
}

/** Harbor's: 27 years. */
const MAX_RETENTION_HOURS = 240_000;
const MAX_TYPES_LENGTH = 4_096;
const HOUR_MS = 3_600_000;

/** Reads what a client sent. BAD_REQUEST names what is missing or wrong. */
export function parsePurgeParameters(parameters: Readonly<Record<string, unknown>>): PurgeParameters {
  const { audit_retention_hour: hours, include_event_types: types, dry_run: isDryRun } = parameters;
  if (Object.keys(parameters).length === 0) throw badRequest('the parameters of the schedule are required');
  if (hours === undefined || hours === null) throw badRequest('audit_retention_hour is required');
  if (typeof hours !== 'number' || !Number.isInteger(hours) || hours <= 0) {
    throw badRequest('audit_retention_hour must be an integer greater than 0');
  }
  if (hours > MAX_RETENTION_HOURS) throw badRequest(`audit_retention_hour must be at most ${MAX_RETENTION_HOURS}`);
  if (types === undefined || types === null) throw badRequest('include_event_types is required');
  if (typeof types !== 'string' || types.length > MAX_TYPES_LENGTH) {
    throw badRequest(`include_event_types must be a text of at most ${MAX_TYPES_LENGTH} characters`);
  }
  return { audit_retention_hour: hours, dry_run: parseDryRun(isDryRun), include_event_types: types };
}

/** A purge that was meant to be dry must not run. */
function parseDryRun(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw badRequest('dry_run must be true or false');
}

function badRequest(message: string): AppError {
  return new AppError('BAD_REQUEST', { message });
}

/** Which entries go. */
export interface PurgePlan {
  readonly beforeMs: number;
  /** By the name of the operation. */
  readonly operations: readonly PurgedOperation[];
}

export function planPurge(
  { audit_retention_hour: hours, include_event_types: types }: PurgeParameters,
  startedAtMs: number,
): PurgePlan {
  return { beforeMs: startedAtMs - hours * HOUR_MS, operations: purgedOperations(types) };
}
