import type { LoginGate } from '#domain/access/login-gate';
import type { LoginAttempt, LoginMethod, LoginOutcome } from '#domain/access/login-method';
import type { CheckOutcome } from '#domain/access/login-throttle';

export interface GatedLoginDeps {
  readonly gate: LoginGate;
  /** In the order they are asked. */
  readonly methods: readonly LoginMethod[];
}

/** Methods whose secrets people choose, and that are therefore worth guessing at: the gate stands before them. */
export class GatedLogin implements LoginMethod {
  readonly #deps: GatedLoginDeps;

  constructor(deps: GatedLoginDeps) {
    this.#deps = deps;
  }

  attempt(attempt: LoginAttempt): Promise<LoginOutcome> {
    return this.#deps.gate.pass<LoginOutcome>({
      username: attempt.username,
      clientAddress: attempt.actor.sourceAddress,
      foundMeanwhile: attempt.foundMeanwhile,
      check: () => this.#ask(attempt),
      judge,
    });
  }

  async #ask(attempt: LoginAttempt): Promise<LoginOutcome> {
    for (const method of this.#deps.methods) {
      const outcome = await method.attempt(attempt);
      if (outcome !== 'not-mine') return outcome;
    }
    return 'not-mine';
  }
}

function judge(outcome: LoginOutcome): CheckOutcome {
  if (outcome === 'refused') return 'wrong';
  return outcome === 'not-mine' ? 'unknown' : 'right';
}
