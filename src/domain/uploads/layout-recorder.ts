import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { BlobStorage, StoredPart } from '#domain/blobs/blob-storage';
import { afterBrokenWriter, type UploadLayout } from '#domain/uploads/session';
import type { UploadSessions } from '#domain/uploads/upload-sessions';

/** How often a writer lets its session know that it lives; well within the lease of 20 s. */
const RENEW_AFTER_MS = 7_000;

export interface LayoutRecorderDeps {
  readonly sessions: UploadSessions;
  readonly storage: BlobStorage;
  readonly clock: Clock;
}

/** What a writer's session knows of its work. The offset moves here, after the bytes are safe and never before. */
export class LayoutRecorder {
  readonly #deps: LayoutRecorderDeps;
  readonly #id: string;
  readonly #epoch: number;
  #layout: UploadLayout;
  #lastHeardMs: number;
  #isReleased = false;

  constructor(deps: LayoutRecorderDeps, id: string, claim: { readonly epoch: number; readonly layout: UploadLayout }) {
    this.#deps = deps;
    this.#id = id;
    this.#epoch = claim.epoch;
    this.#layout = claim.layout;
    this.#lastHeardMs = deps.clock.nowMs();
  }

  /** The layout as last recorded. */
  get layout(): UploadLayout {
    return this.#layout;
  }

  async record(layout: UploadLayout, newParts: readonly StoredPart[], isLast: boolean): Promise<void> {
    const progress = { epoch: this.#epoch, layout, newParts, isLast };
    const answer = await this.#deps.sessions.record(this.#id, progress);
    if (answer.kind !== 'recorded') throw lostLease();
    const replaced = this.#layout.carry;
    this.#layout = layout;
    this.#lastHeardMs = this.#deps.clock.nowMs();
    this.#isReleased = isLast;
    if (replaced && replaced.objectKey !== layout.carry?.objectKey)
      await this.#deps.storage.delete([replaced.objectKey]);
  }

  /** To be called while bytes flow. */
  async keepAlive(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    if (nowMs - this.#lastHeardMs < RENEW_AFTER_MS) return;
    this.#lastHeardMs = nowMs;
    if (!(await this.#deps.sessions.renew(this.#id, this.#epoch))) throw lostLease();
  }

  /** Gives the lease back after a failure; should that fail too, the lease passes by itself. */
  async release(): Promise<void> {
    if (this.#isReleased) return;
    const layout = afterBrokenWriter(this.#layout);
    const progress = { epoch: this.#epoch, layout, newParts: [], isLast: true };
    await this.#deps.sessions.record(this.#id, progress).catch(() => undefined);
  }
}

function lostLease(): AppError {
  return new AppError('RANGE_INVALID', { message: 'another request has taken over this upload' });
}
