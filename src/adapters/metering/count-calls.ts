import type { OperationMeter } from '#adapters/metering/operation-meter';
import type { OperationKind } from '#core/operation-counts';

export interface CountedCalls {
  readonly meter: OperationMeter;
  /** What a call of the method costs; undefined is free. */
  readonly priceOf: (method: string) => OperationKind | undefined;
  /** Wraps what a method answers at once, where that has billed methods of its own. */
  readonly wrapAnswer?: (answer: unknown, method: string) => unknown;
}

/** A binding whose calls are counted and otherwise unchanged. */
export function countCalls<T extends object>(binding: T, { meter, priceOf, wrapAnswer }: CountedCalls): T {
  return new Proxy(binding, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function' || typeof property !== 'string') return value;
      const price = priceOf(property);
      return (...args: unknown[]) => {
        if (price) meter.add(price);
        // Not value.apply(): a method of an RPC stub is itself a stub, and `apply` would name a remote method.
        const answer: unknown = Reflect.apply(value, target, args);
        return wrapAnswer ? wrapAnswer(answer, property) : answer;
      };
    },
  });
}
