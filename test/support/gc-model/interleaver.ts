import type { Interceptor } from '#test/support/intercepted-bindings';

interface PendingCall {
  readonly isWrite: boolean;
  readonly run: () => Promise<void>;
}

/** Turns of the event loop after which nobody will ask for anything by himself. */
const PATIENCE = 20;

/** Calls that change something. */
const WRITES: ReadonlySet<string> = new Set(['batch', 'run', 'put', 'delete']);

/** What an actor's calls do once it is dead: nothing, for ever. */
const NEVER = new Promise<never>(() => undefined);

/**
 * Lets one call of a binding happen at a time, in whatever order `choose` says: whoever awaits storage may find that others have
 * gone on meanwhile. Actors may die at any of their calls.
 */
export class Interleaver {
  /** Calls made so far. */
  steps = 0;
  readonly #choose: (count: number) => number;
  readonly #afterWrite: () => Promise<void>;
  readonly #whenStuck: () => void;
  readonly #pending: PendingCall[] = [];
  #running = 0;

  /** `whenStuck` is called when nobody asks for anything though some have not ended: they wait for each other, or for the dead. */
  constructor(choose: (count: number) => number, afterWrite: () => Promise<void>, whenStuck: () => void) {
    this.#choose = choose;
    this.#afterWrite = afterWrite;
    this.#whenStuck = whenStuck;
  }

  /** Actors that have not ended. */
  get running(): number {
    return this.#running;
  }

  /** What stands between an actor and its bindings; it dies at the call `diesAt`, before it or with its answer lost. */
  actor(diesAt?: { readonly call: number; readonly when: 'before' | 'after' }, onDeath?: () => void): Interceptor {
    let calls = 0;
    let isDead = false;
    const die = () => {
      if (!isDead) onDeath?.();
      isDead = true;
      return NEVER;
    };
    return (call, invoke) => {
      if (isDead) return NEVER;
      calls++;
      const isLast = calls === diesAt?.call;
      if (isLast && diesAt.when === 'before') return die();
      return new Promise((resolve, reject) => {
        this.#pending.push({
          isWrite: WRITES.has(call.method),
          run: async () => {
            try {
              const answer = await invoke();
              if (isLast) void die();
              else resolve(answer);
            } catch (error) {
              if (isLast) void die();
              else reject(error as Error);
            }
          },
        });
      });
    };
  }

  /** Counts an actor until its work has ended; the work must not reject. A dead one is counted out by `onDeath`. */
  start(work: (ended: () => void) => Promise<void>): void {
    this.#running++;
    let isOver = false;
    const ended = () => {
      if (!isOver) this.#running--;
      isOver = true;
    };
    void work(ended).then(ended);
  }

  /** One call happens. False when nothing is left to happen. */
  async step(): Promise<boolean> {
    await settle();
    for (let settled = 1; this.#pending.length === 0 && this.#running > 0; settled++) {
      if (settled % PATIENCE === 0) this.#whenStuck();
      await settle();
    }
    if (this.#pending.length === 0) return false;
    const [call] = this.#pending.splice(this.#choose(this.#pending.length), 1);
    this.steps++;
    await call?.run();
    if (call?.isWrite) await this.#afterWrite();
    return true;
  }
}

/** Until everybody waits for a call. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeoutOrImmediate(resolve));
}

const setTimeoutOrImmediate: (then: () => void) => void =
  typeof setImmediate === 'function' ? (then) => void setImmediate(then) : (then) => void setTimeout(then, 0);
