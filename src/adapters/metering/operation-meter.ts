import { AsyncLocalStorage } from 'node:async_hooks';
import type { Background } from '#core/background';
import { noOperations, type OperationCounts, type OperationKind } from '#core/operation-counts';

/** What one invocation (a request, a batch of messages, a cron tick) has used so far. */
export interface Usage {
  readonly counts: OperationCounts;
  /** Work of the invocation that goes on after its answer. */
  readonly background: Promise<unknown>[];
}

/**
 * Knows which invocation an operation belongs to. Services and adapters live as long as the isolate and serve many
 * requests at once, so the invocation travels with the asynchronous context and not through every signature.
 */
export class OperationMeter {
  readonly #current = new AsyncLocalStorage<Usage>();

  /** Runs `task` as an invocation of its own; `usage` keeps counting while its background work runs. */
  run<T>(task: (usage: Usage) => T): T {
    const usage = { counts: noOperations(), background: [] };
    return this.#current.run(usage, task, usage);
  }

  add(kind: OperationKind, amount = 1): void {
    const usage = this.#current.getStore();
    if (usage) usage.counts[kind] += amount;
  }

  /** Remembers what an invocation leaves running, so that its operations can be waited for. */
  follow(background: Background): Background {
    return (work) => {
      this.#current.getStore()?.background.push(work);
      background(work);
    };
  }
}
