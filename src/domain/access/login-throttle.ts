/**
 * What one account's wrong passwords cost those who try more of them (docs/adr/0011-login-throttling.md). Pure: the
 * Durable Object and, when that cannot be reached, each isolate for itself run the same machine.
 */

/** Failures that cost nothing, of a client that succeeds usually, or of all others together. */
const FREE_FAILURES = 5;
/** Wait after the last free failure, in milliseconds; it doubles with each further one. */
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 15 * 60_000;
/** A count of failures is forgotten when none has been added for this long, in milliseconds. */
const QUIET_MS = 60 * 60_000;
/** Clients that are remembered for having succeeded; the ones that did so most recently. */
const MAX_USUAL_CLIENTS = 8;
/** How long a success makes a client usual, in milliseconds: 30 days. */
const USUAL_MS = 30 * 24 * 3_600_000;
/** A further success of a usual client is not worth a write until this time has passed, in milliseconds. */
const RENEW_MS = 24 * 3_600_000;
/** Passwords checked at once before any was wrong: clients open several connections and log in on each. */
const MAX_AT_ONCE = 16;
/** A check that never came to an end counts as one in flight for this long, in milliseconds. */
const IN_FLIGHT_MS = 60_000;
/** What somebody is told to wait when only the check of another stands in the way, in milliseconds. */
const BUSY_WAIT_MS = 1_000;

interface Failures {
  readonly count: number;
  readonly lastAtMs: number;
}

/** A client that has had the right password within 30 days: it answers for its own failures alone. */
interface UsualClient {
  readonly client: string;
  readonly succeededAtMs: number;
  readonly failures: Failures;
}

/** The part that is worth storing. */
export interface LoginRecord {
  /** Of all clients that are not usual, together: many addresses that attack one account are one attacker. */
  readonly others: Failures;
  /** The most recent success first. */
  readonly usual: readonly UsualClient[];
}

export interface LoginThrottleState {
  readonly record: LoginRecord;
  /** Checks that were admitted and have no outcome yet. Lost with the memory they are in, to nobody's harm. */
  readonly inFlight: readonly { readonly client: string; readonly startedAtMs: number }[];
}

export interface Admission {
  /** 0 for those who may go on. */
  readonly waitMs: number;
  /** Whether it is worth waiting for a turn: a crowd, and not an attack so far. */
  readonly isBusy: boolean;
}

/** `unknown`: the password could not be checked. */
export type CheckOutcome = 'right' | 'wrong' | 'unknown';

const NO_FAILURES: Failures = { count: 0, lastAtMs: 0 };
export const NO_RECORD: LoginRecord = { others: NO_FAILURES, usual: [] };

/** Whether the client may have a password checked now; if so, the check is in flight until it is settled. */
export function admit(
  { record, inFlight }: LoginThrottleState,
  client: string,
  nowMs: number,
): { readonly state: LoginThrottleState; readonly admission: Admission } {
  const current = inFlight.filter(({ startedAtMs }) => nowMs - startedAtMs < IN_FLIGHT_MS);
  const admission = judge({ record, inFlight: current }, client, nowMs);
  const added = admission.waitMs > 0 ? current : [...current, { client, startedAtMs: nowMs }];
  return { state: { record, inFlight: added }, admission };
}

/** Ends a check; the record stays the same object when there is nothing to store. */
export function settle(
  { record, inFlight }: LoginThrottleState,
  client: string,
  outcome: CheckOutcome,
  nowMs: number,
): LoginThrottleState {
  const ended = inFlight.findIndex((check) => check.client === client);
  return {
    record: outcome === 'unknown' ? record : (outcome === 'right' ? succeed : fail)(record, client, nowMs),
    inFlight: inFlight.filter((_, index) => index !== ended),
  };
}

/** The record without what has been forgotten; undefined when nothing is left of it. */
export function prune(record: LoginRecord, nowMs: number): LoginRecord | undefined {
  const usual = record.usual.filter((entry) => isUsual(entry, nowMs));
  const others = unforgotten(record.others, nowMs);
  return usual.length === 0 && others.count === 0 ? undefined : { others, usual };
}

/** When `prune` will have something to do, in milliseconds since the epoch. */
export function nextForgettingAtMs({ others, usual }: LoginRecord): number {
  const times = usual.map(({ succeededAtMs }) => succeededAtMs + USUAL_MS);
  return Math.min(...times, ...(others.count > 0 ? [others.lastAtMs + QUIET_MS] : []));
}

function judge({ record, inFlight }: LoginThrottleState, client: string, nowMs: number): Admission {
  const usual = findUsual(record, client, nowMs);
  const { count, lastAtMs } = unforgotten(usual?.failures ?? record.others, nowMs);
  const waitMs = lastAtMs + waitAfter(count) - nowMs;
  if (waitMs > 0) return { waitMs, isBusy: false };
  const rivals = inFlight.filter((check) =>
    usual ? check.client === client : !findUsual(record, check.client, nowMs),
  ).length;
  const places = count === 0 ? MAX_AT_ONCE : Math.max(1, FREE_FAILURES - count);
  if (rivals < places) return { waitMs: 0, isBusy: false };
  return { waitMs: BUSY_WAIT_MS, isBusy: count < FREE_FAILURES };
}

function waitAfter(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - FREE_FAILURES));
}

function fail(record: LoginRecord, client: string, nowMs: number): LoginRecord {
  const addTo = (failures: Failures) => ({ count: unforgotten(failures, nowMs).count + 1, lastAtMs: nowMs });
  if (!findUsual(record, client, nowMs)) return { ...record, others: addTo(record.others) };
  const usual = record.usual.map((entry) =>
    entry.client === client ? { ...entry, failures: addTo(entry.failures) } : entry,
  );
  return { ...record, usual };
}

/** The failures of others stay: who attacks the account does not profit from its owner's success. */
function succeed(record: LoginRecord, client: string, nowMs: number): LoginRecord {
  const known = findUsual(record, client, nowMs);
  if (known && known.failures.count === 0 && nowMs - known.succeededAtMs < RENEW_MS) return record;
  const rest = record.usual.filter((entry) => entry.client !== client && isUsual(entry, nowMs));
  const usual = [{ client, succeededAtMs: nowMs, failures: NO_FAILURES }, ...rest].slice(0, MAX_USUAL_CLIENTS);
  return { ...record, usual };
}

function findUsual(record: LoginRecord, client: string, nowMs: number): UsualClient | undefined {
  return record.usual.find((entry) => entry.client === client && isUsual(entry, nowMs));
}

function isUsual({ succeededAtMs }: UsualClient, nowMs: number): boolean {
  return nowMs - succeededAtMs < USUAL_MS;
}

function unforgotten(failures: Failures, nowMs: number): Failures {
  return nowMs - failures.lastAtMs < QUIET_MS ? failures : NO_FAILURES;
}
