import { DurableObject } from 'cloudflare:workers';
import { systemClock } from '#core/clock';
import type { Digest } from '#core/digest';
import type { StoredPart } from '#domain/blobs/blob-storage';
import { FRESH_SESSION, type Session, type UploadLayout } from '#domain/uploads/session';
import {
  claim,
  discard,
  expiresAtMs,
  finish,
  isOver,
  markDone,
  record,
  renew,
  type Transition,
} from '#domain/uploads/session-transitions';
import type { UploadLeftovers } from '#domain/uploads/upload-leftovers';
import type { ClaimAnswer, DiscardAnswer, FinishAnswer, Progress, RecordAnswer } from '#domain/uploads/upload-sessions';

const SESSION_PREFIX = 'session:';
const PART_PREFIX = 'part:';

/** How often the alarm looks for sessions that have expired, in milliseconds. */
const ALARM_INTERVAL_MS = 60 * 60 * 1000;

/**
 * The sessions of the uploads that share a home (`domain/uploads/upload-id.ts`). A session comes to life with its first
 * bytes and never sees the bytes themselves: it keeps where they are. Each method is load → pure transition → save →
 * alarm, without an `await` in between.
 *
 * The class is abstract because its alarm must delete objects from R2, and this ring constructs no adapters:
 * `src/index.ts`, which sees the composition root, exports the subclass that knows the {@link UploadLeftovers}.
 */
export abstract class UploadSessionObject<Env> extends DurableObject<Env> {
  #hasAlarm = false;

  protected abstract leftovers(): UploadLeftovers;

  offset(id: string): number | undefined {
    const session = this.#load(id);
    return isOver(session) ? undefined : session.layout.offsetBytes;
  }

  claim(id: string, firstByte: number | undefined): ClaimAnswer {
    return this.#apply(id, (session, nowMs) => claim(session, firstByte, nowMs));
  }

  record(id: string, progress: Progress): RecordAnswer {
    const answer = this.#apply(id, (session, nowMs) => record(session, progress, nowMs));
    if (answer.kind === 'recorded') {
      const prefix = partPrefix(id, progress.layout);
      for (const part of progress.newParts) {
        this.ctx.storage.kv.put(`${prefix}${String(part.partNumber).padStart(5, '0')}`, part);
      }
    }
    return answer;
  }

  renew(id: string, epoch: number): boolean {
    return this.#apply(id, (session, nowMs) => renew(session, epoch, nowMs));
  }

  finish(id: string, digest: Digest): FinishAnswer {
    const answer = this.#apply(id, (session, nowMs) => finish(session, digest, nowMs));
    return answer.kind === 'granted' ? { ...answer, parts: this.parts(id) } : answer;
  }

  markDone(id: string, digest: Digest): void {
    this.#apply(id, (session, nowMs) => ({ session: markDone(session, digest, nowMs), answer: undefined }));
  }

  discard(id: string, digest: Digest | undefined): DiscardAnswer {
    return this.#apply(id, (session, nowMs) => discard(session, digest, nowMs));
  }

  /** The full parts of the multipart object under way, in order. */
  parts(id: string): StoredPart[] {
    const { layout } = this.#load(id);
    if (!layout.multipart) return [];
    return [...this.ctx.storage.kv.list<StoredPart>({ prefix: partPrefix(id, layout) })].map(([, part]) => part);
  }

  /** Set anew before anything can fail, so that what this run leaves is seen to by the next. */
  override async alarm(): Promise<void> {
    const { kv } = this.ctx.storage;
    const nowMs = systemClock.nowMs();
    await this.ctx.storage.setAlarm(nowMs + ALARM_INTERVAL_MS);
    for (const [key, session] of [...kv.list<Session>({ prefix: SESSION_PREFIX })]) {
      if (expiresAtMs(session) <= nowMs) await this.#expire(key.slice(SESSION_PREFIX.length), session);
    }
    if (kv.list({ prefix: SESSION_PREFIX, limit: 1 })[Symbol.iterator]().next().done) {
      this.#hasAlarm = false;
      await this.ctx.storage.deleteAlarm();
      await this.ctx.storage.deleteAll();
    }
  }

  /** The upload is over before its bytes go, so nobody can build on them meanwhile. */
  async #expire(id: string, session: Session): Promise<void> {
    const { kv } = this.ctx.storage;
    this.#save(id, { ...session, phase: 'discarded' });
    await this.leftovers().discard(session.layout);
    for (const [key] of [...kv.list({ prefix: `${PART_PREFIX}${id}:` })]) kv.delete(key);
    kv.delete(`${SESSION_PREFIX}${id}`);
  }

  #apply<Answer>(id: string, transition: (session: Session, nowMs: number) => Transition<Answer>): Answer {
    const before = this.#load(id);
    const nowMs = systemClock.nowMs();
    const { session, answer } = transition(before, nowMs);
    if (session === before) return answer;
    this.#save(id, session);
    if (!this.#hasAlarm) this.ctx.waitUntil(this.#ensureAlarm(nowMs));
    return answer;
  }

  #load(id: string): Session {
    return this.ctx.storage.kv.get<Session>(`${SESSION_PREFIX}${id}`) ?? FRESH_SESSION;
  }

  #save(id: string, session: Session): void {
    this.ctx.storage.kv.put(`${SESSION_PREFIX}${id}`, session);
  }

  async #ensureAlarm(nowMs: number): Promise<void> {
    this.#hasAlarm = true;
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(nowMs + ALARM_INTERVAL_MS);
  }
}

function partPrefix(id: string, { multipart }: UploadLayout): string {
  return `${PART_PREFIX}${id}:${multipart?.uploadId}:`;
}
