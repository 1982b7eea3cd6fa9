import { DurableObject } from 'cloudflare:workers';
import { systemClock } from '#core/clock';
import {
  type Admission,
  admit,
  type CheckOutcome,
  type LoginRecord,
  type LoginThrottleState,
  NO_RECORD,
  nextForgettingAtMs,
  prune,
  settle,
} from '#domain/access/login-throttle';

const RECORD = 'record';

/**
 * The throttle of one account, named by a hash of the account's name. Checks in flight are in memory alone; the record is
 * stored when an outcome changes it, and the alarm removes what has been forgotten.
 */
export class LoginThrottle extends DurableObject {
  #state: LoginThrottleState = {
    record: this.ctx.storage.kv.get<LoginRecord>(RECORD) ?? NO_RECORD,
    inFlight: [],
  };

  admit(client: string): Admission {
    const { state, admission } = admit(this.#state, client, systemClock.nowMs());
    this.#state = state;
    return admission;
  }

  async settle(client: string, outcome: CheckOutcome): Promise<void> {
    const before = this.#state.record;
    this.#state = settle(this.#state, client, outcome, systemClock.nowMs());
    if (this.#state.record !== before) await this.#save();
  }

  override async alarm(): Promise<void> {
    const record = prune(this.#state.record, systemClock.nowMs());
    this.#state = { ...this.#state, record: record ?? NO_RECORD };
    if (record) await this.#save();
    else await this.ctx.storage.deleteAll();
  }

  async #save(): Promise<void> {
    const { kv } = this.ctx.storage;
    kv.put(RECORD, this.#state.record);
    if ((await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(nextForgettingAtMs(this.#state.record));
    }
  }
}
