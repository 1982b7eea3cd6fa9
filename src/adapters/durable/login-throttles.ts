import { createHash } from 'node:crypto';
import type { Admission, CheckOutcome } from '#domain/access/login-throttle';
import type { LoginThrottles } from '#domain/access/login-throttles';

/** How long a login waits for its throttle, in milliseconds. */
const WAIT_MS = 3_000;

/** What a `LoginThrottle` object answers over RPC (`durable/login-throttle.ts`). */
interface LoginThrottleStub {
  admit(client: string): Promise<Admission>;
  settle(client: string, outcome: CheckOutcome): Promise<void>;
}

/** One Durable Object an account. Its name is a hash, as an account's name may be anything a client sends. */
export class DurableLoginThrottles implements LoginThrottles {
  readonly #namespace: DurableObjectNamespace;

  constructor(deps: { readonly namespace: DurableObjectNamespace }) {
    this.#namespace = deps.namespace;
  }

  admit(account: string, client: string): Promise<Admission> {
    return inTime(this.#stub(account).admit(client));
  }

  settle(account: string, client: string, outcome: CheckOutcome): Promise<void> {
    return inTime(this.#stub(account).settle(client, outcome));
  }

  /** The platform types stubs by the class, which this ring may not know. */
  #stub(account: string): LoginThrottleStub {
    const hash = createHash('sha256').update(account).digest('hex');
    return this.#namespace.getByName(`login-${hash}`) as unknown as LoginThrottleStub;
  }
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the login throttle does not answer')), WAIT_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
