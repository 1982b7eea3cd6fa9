import type { Clock } from '#core/clock';

const windowMs = 60_000;
/** Messages that begin alike within a minute. */
const maxAlike = 10;
const comparedCharacters = 200;
/** Beginnings that are told apart within a minute; what comes beyond counts as one. */
const maxBeginnings = 100;

/**
 * Keeps messages that anybody can cause by a malformed request from filling the log: of those that begin alike it lets
 * ten a minute pass.
 */
export class MessageLimit {
  readonly #clock: Clock;
  readonly #counts = new Map<string, number>();
  #windowEndsAtMs = 0;

  constructor(deps: { readonly clock: Clock }) {
    this.#clock = deps.clock;
  }

  /** `last` is written too, with a word about those that will not be. */
  judge(message: string): 'write' | 'last' | 'drop' {
    const nowMs = this.#clock.nowMs();
    if (nowMs >= this.#windowEndsAtMs) {
      this.#counts.clear();
      this.#windowEndsAtMs = nowMs + windowMs;
    }
    const beginning = message.slice(0, comparedCharacters);
    const key = this.#counts.has(beginning) || this.#counts.size < maxBeginnings ? beginning : '';
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count > maxAlike) return 'drop';
    return count === maxAlike ? 'last' : 'write';
  }
}
