import type { Digest } from '#core/digest';
import { afterBrokenWriter, EMPTY_LAYOUT, type Session, type UploadLayout } from '#domain/uploads/session';
import { UPLOAD_LIFETIME_MS } from '#domain/uploads/upload-id';
import type {
  ClaimAnswer,
  DiscardAnswer,
  FinishAnswer,
  Gone,
  Progress,
  RecordAnswer,
  Refusal,
} from '#domain/uploads/upload-sessions';

/** How long a writer that reports nothing keeps rivals out. */
export const LEASE_MS = 20_000;
/** How long a final PUT may be repeated. */
const DONE_LIFETIME_MS = 60 * 60 * 1000;

/** The answer to a request, and the session afterwards; the same object when nothing changed. */
export interface Transition<Answer> {
  readonly session: Session;
  readonly answer: Answer;
}

/** A {@link FinishAnswer} but for the parts, which are kept beside the session. */
type FinishGrant =
  | Exclude<FinishAnswer, { kind: 'granted' }>
  | { readonly kind: 'granted'; readonly layout: UploadLayout };

const GONE: Gone = { kind: 'gone' };

export function claim(session: Session, firstByte: number | undefined, nowMs: number): Transition<ClaimAnswer> {
  if (isOver(session)) return { session, answer: GONE };
  const { offsetBytes } = session.layout;
  const isElsewhere = firstByte !== undefined && firstByte !== offsetBytes;
  if (isElsewhere || session.phase === 'finishing' || isLeased(session, nowMs)) {
    return { session, answer: refusal(session) };
  }
  const layout = session.leaseUntilMs === 0 ? session.layout : afterBrokenWriter(session.layout);
  const epoch = session.epoch + 1;
  return {
    session: { ...session, layout, epoch, leaseUntilMs: nowMs + LEASE_MS, touchedAtMs: nowMs },
    answer: { kind: 'granted', epoch, layout },
  };
}

export function record(session: Session, progress: Progress, nowMs: number): Transition<RecordAnswer> {
  if (isOver(session)) return { session, answer: GONE };
  const isEntitled =
    progress.epoch === undefined
      ? session.layout.offsetBytes === 0 && !isLeased(session, nowMs)
      : progress.epoch === session.epoch;
  if (session.phase !== 'open' || !isEntitled) return { session, answer: refusal(session) };
  const epoch = progress.epoch ?? session.epoch + 1;
  const leaseUntilMs = progress.isLast ? 0 : nowMs + LEASE_MS;
  return {
    session: { ...session, layout: progress.layout, epoch, leaseUntilMs, touchedAtMs: nowMs },
    answer: { kind: 'recorded' },
  };
}

export function renew(session: Session, epoch: number, nowMs: number): Transition<boolean> {
  if (session.phase !== 'open' || session.epoch !== epoch) return { session, answer: false };
  return { session: { ...session, leaseUntilMs: nowMs + LEASE_MS, touchedAtMs: nowMs }, answer: true };
}

/** Finishing under the same digest may be joined: each of its steps may be repeated. */
export function finish(session: Session, digest: Digest, nowMs: number): Transition<FinishGrant> {
  if (session.phase === 'done' && session.digest === digest) return { session, answer: { kind: 'done' } };
  if (isOver(session)) return { session, answer: GONE };
  const isJoining = session.phase === 'finishing' && session.digest === digest;
  if (!isJoining && isLeased(session, nowMs)) return { session, answer: refusal(session) };
  const isBroken = session.phase === 'open' && session.leaseUntilMs !== 0;
  const layout = isBroken ? afterBrokenWriter(session.layout) : session.layout;
  const isOvertaken = session.isOvertaken || (session.phase === 'finishing' && !isJoining);
  const lease = { epoch: session.epoch + 1, leaseUntilMs: nowMs + LEASE_MS, touchedAtMs: nowMs };
  return {
    session: { ...session, ...lease, phase: 'finishing', digest, layout, isOvertaken },
    answer: { kind: 'granted', layout },
  };
}

export function markDone(session: Session, digest: Digest, nowMs: number): Session {
  if (session.phase !== 'finishing' || session.digest !== digest) return session;
  return { ...session, phase: 'done', layout: EMPTY_LAYOUT, leaseUntilMs: 0, touchedAtMs: nowMs };
}

/**
 * Answers what is to be deleted. Nothing is, where a finisher that was overtaken may still make a blob of it: then it
 * goes when the session expires, unless it has become a blob by then.
 */
export function discard(session: Session, digest: Digest | undefined, nowMs: number): Transition<DiscardAnswer> {
  if (isOver(session)) return { session, answer: GONE };
  if (session.phase === 'finishing' && session.digest !== digest) return { session, answer: refusal(session) };
  return {
    session: { ...session, phase: 'discarded', epoch: session.epoch + 1, leaseUntilMs: 0, touchedAtMs: nowMs },
    answer: { kind: 'discarded', layout: session.isOvertaken ? EMPTY_LAYOUT : session.layout },
  };
}

/** When the session may be forgotten: an hour after it was done, else a day after it was last heard of. */
export function expiresAtMs(session: Session): number {
  return session.touchedAtMs + (session.phase === 'done' ? DONE_LIFETIME_MS : UPLOAD_LIFETIME_MS);
}

export function isOver(session: Session): boolean {
  return session.phase === 'done' || session.phase === 'discarded';
}

function isLeased(session: Session, nowMs: number): boolean {
  return session.leaseUntilMs > nowMs;
}

function refusal(session: Session): Refusal {
  return { kind: 'refused', offsetBytes: session.layout.offsetBytes };
}
