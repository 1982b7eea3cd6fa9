import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import { newId } from '#core/ids';
import type { Actor } from '#domain/audit/audit';
import type { Pull } from '#domain/events/event';
import type { EventQueue } from '#domain/events/event-queue';

/** How long pulls are gathered before they become one message, in milliseconds. */
const GATHER_MS = 2_000;
/** A flush so late, in milliseconds, has been cut off with the request it hung on; the next pull begins another. */
const OVERDUE_MS = 10_000;
/** Distinct pulls a message may carry: 1,700 bytes each at most, of a message's 128 KB. */
const MAX_PULLS_PER_MESSAGE = 70;
/** From so many distinct pulls on, they are gathered without who pulled: counted, and not in the audit log. */
const MAX_TOLD_APART = 1_000;

export interface PullRecorderDeps {
  readonly queue: EventQueue;
  readonly background: Background;
  readonly clock: Clock;
}

/** Gathers pulls of an isolate, so that counting them costs a message every few seconds rather than one a pull. */
export class PullRecorder {
  readonly #deps: PullRecorderDeps;
  readonly #pulls = new Map<string, Pull>();
  #flushDueAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: PullRecorderDeps) {
    this.#deps = deps;
  }

  record(pulled: Omit<Pull, 'count' | 'atMs' | keyof Actor>, actor: Actor): void {
    const pull = this.#pulls.size < MAX_TOLD_APART ? { ...pulled, ...actor } : pulled;
    const key = JSON.stringify(pull);
    const count = (this.#pulls.get(key)?.count ?? 0) + 1;
    this.#pulls.set(key, { ...pull, count, atMs: this.#deps.clock.nowMs() });
    const nowMs = this.#deps.clock.nowMs();
    if (nowMs < this.#flushDueAtMs + OVERDUE_MS) return;
    this.#flushDueAtMs = nowMs + GATHER_MS;
    this.#deps.background(this.#flushLater());
  }

  async #flushLater(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    this.#flushDueAtMs = Number.NEGATIVE_INFINITY;
    const pulls = [...this.#pulls.values()];
    this.#pulls.clear();
    for (let start = 0; start < pulls.length; start += MAX_PULLS_PER_MESSAGE) {
      const slice = pulls.slice(start, start + MAX_PULLS_PER_MESSAGE);
      // Pull counts are the one thing that may be lost: they have no row to be sent again from.
      await this.#deps.queue.send([{ kind: 'artifacts-pulled', id: newId(), pulls: slice }]).catch(() => undefined);
    }
  }
}
