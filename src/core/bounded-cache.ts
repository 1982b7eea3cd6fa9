import type { Clock } from '#core/clock';

export interface BoundedCacheOptions {
  /** Entries, or the sum of `weigh` over them, that the cache holds at most; the oldest go first. */
  readonly maxWeight: number;
  /** How long an entry may be answered after it was put, in milliseconds. */
  readonly ttlMs: number;
  readonly clock: Clock;
}

/** A map that forgets: by age, and by least recent use once it is full. One per isolate, never shared. */
export class BoundedCache<V> {
  readonly #entries = new Map<string, { value: V; weight: number; expiresAtMs: number }>();
  readonly #options: BoundedCacheOptions;
  #weight = 0;

  constructor(options: BoundedCacheOptions) {
    this.#options = options;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.expiresAtMs <= this.#options.clock.nowMs()) {
      this.delete(key);
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** An entry heavier than the whole cache is not kept. `ttlMs` shortens the cache's own limit, never lengthens it. */
  put(key: string, value: V, { weight = 1, ttlMs = this.#options.ttlMs } = {}): void {
    this.delete(key);
    if (weight > this.#options.maxWeight) return;
    const expiresAtMs = this.#options.clock.nowMs() + Math.min(ttlMs, this.#options.ttlMs);
    this.#entries.set(key, { value, weight, expiresAtMs });
    this.#weight += weight;
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#options.maxWeight) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#weight -= entry.weight;
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }
}
