import { intentPrefix, objectKeyUnder } from '#adapters/r2/keys';
import type { Clock } from '#core/clock';
import { newId } from '#core/ids';
import type { IntentStore } from '#domain/blobs/intent-store';

/** How long an isolate hands out keys under one intent, in milliseconds. */
const INTENT_MAX_AGE_MS = 15 * 60 * 1000;
/** Keys under one intent, so that one listing finds them all. */
const INTENT_MAX_KEYS = 1_000;

/** Hands out keys of new objects. An intent is on record before the first key under it leaves. */
export class ObjectKeys {
  readonly #deps: { readonly intents: IntentStore; readonly clock: Clock };
  #current: { readonly prefix: string; readonly openedAtMs: number; keys: number } | undefined;

  constructor(deps: { readonly intents: IntentStore; readonly clock: Clock }) {
    this.#deps = deps;
  }

  /**
   * Requests that find no intent each open one, and the last stays: a promise shared between requests would never
   * settle if the request that made it were cancelled.
   */
  async next(): Promise<string> {
    const current = this.#current;
    const intent = current && this.#isUsable(current) ? current : await this.#open();
    intent.keys++;
    return objectKeyUnder(intent.prefix, newId());
  }

  #isUsable(intent: { readonly openedAtMs: number; readonly keys: number }): boolean {
    const ageMs = this.#deps.clock.nowMs() - intent.openedAtMs;
    return ageMs < INTENT_MAX_AGE_MS && intent.keys < INTENT_MAX_KEYS;
  }

  async #open() {
    const openedAtMs = this.#deps.clock.nowMs();
    const intent = { prefix: intentPrefix(openedAtMs, newId()), openedAtMs, keys: 0 };
    await this.#deps.intents.open(intent.prefix, openedAtMs);
    this.#current = intent;
    return intent;
  }
}
