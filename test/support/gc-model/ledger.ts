import { at, CONTENTS } from '#test/support/gc-model/universe';

/** When something happened: counted in calls of storage, and by the clock. */
interface Span {
  readonly beganAt: number;
  readonly beganAtMs: number;
  endedAt: number;
  endedAtMs: number;
}

/** A promise that somebody was given. */
export interface Promised extends Span {
  readonly repository: number;
  readonly content: number;
  readonly tags: readonly number[];
  /** Whether what the manifest points at was promised along. */
  readonly hasChildren: boolean;
}

/** What may undo a promise. */
export interface Disturbance extends Span {
  readonly kind: 'delete' | 'untag' | 'unlink' | 'collect' | 'remove';
  /** Undefined for all. */
  readonly repository?: number | undefined;
  readonly tag?: number;
  /** What the tag names then; undefined when that is not known. */
  readonly content?: number;
  /** Of a collection. */
  readonly windowMs?: number;
  readonly isDeletingUntagged?: boolean;
}

/** Nobody is promised that what was found is there longer than this. */
const SHORTEST_WINDOW_MS = 60 * 60_000;
/** A touch this old is still taken for fresh. */
const TOUCH_INTERVAL_MS = 60_000;

/** What was promised to whom, and what has happened that may have undone it. */
export class Ledger {
  readonly promised: Promised[] = [];
  /** Ids of the executions that somebody was told were stopped. */
  readonly stopped: number[] = [];
  readonly #disturbances: Disturbance[] = [];

  disturb(disturbance: Disturbance): Disturbance {
    this.#disturbances.push(disturbance);
    return disturbance;
  }

  /** Whether the promise must be kept still. */
  stands(promise: Promised): boolean {
    const since = this.#since(promise);
    if (since.some(({ kind }) => kind === 'delete' || kind === 'remove')) return false;
    const isTagged = promise.tags.some(
      (tag) => !since.some((each) => each.kind === 'untag' && each.tag === tag && each.content !== promise.content),
    );
    if (isTagged) return true;
    return !since.some(
      (each) =>
        each.kind === 'collect' &&
        each.isDeletingUntagged &&
        each.endedAtMs - promise.beganAtMs + TOUCH_INTERVAL_MS >= (each.windowMs ?? 0),
    );
  }

  /** Whether a push that went by what it found may have failed for a reason of somebody's. */
  mayFail(push: Span & { readonly repository: number }): boolean {
    if (push.endedAtMs - push.beganAtMs + TOUCH_INTERVAL_MS >= SHORTEST_WINDOW_MS) return true;
    return this.#since(push).some(
      ({ kind, windowMs }) => kind === 'remove' || kind === 'unlink' || (kind === 'collect' && windowMs === 0),
    );
  }

  /** Whether children that a push had found or sent must be there with the index. */
  keepsChildren(promise: Promised): boolean {
    return (
      promise.hasChildren &&
      at(CONTENTS, promise.content).children.length > 0 &&
      promise.endedAtMs - promise.beganAtMs + TOUCH_INTERVAL_MS < SHORTEST_WINDOW_MS &&
      !this.#since(promise).some(
        ({ kind, windowMs, isDeletingUntagged, beganAt }) =>
          kind === 'collect' && windowMs === 0 && isDeletingUntagged && beganAt <= promise.endedAt,
      )
    );
  }

  #since({ repository, beganAt }: Span & { readonly repository: number }): readonly Disturbance[] {
    return this.#disturbances.filter(
      (each) => each.endedAt >= beganAt && (each.repository === undefined || each.repository === repository),
    );
  }
}
