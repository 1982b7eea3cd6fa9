/** A source of the current time. Everything that depends on time takes one, so that tests can move it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
}

/** The platform's clock; the only place that reads it. */
export const systemClock: Clock = { nowMs: () => Date.now() };
