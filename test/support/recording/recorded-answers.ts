import type { AnswerCounts } from '#test/support/recording/recording';

/** How often each operation of the API gave each status since the last `takeRecord`, by `<operationId> <status>`. */
const counts = new Map<string, number>();

export function recordAnswer(operationId: string, status: number): void {
  const key = `${operationId} ${status}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Hands out what was recorded, and begins anew. */
export function takeRecord(): AnswerCounts {
  const record = Object.fromEntries(counts);
  counts.clear();
  return record;
}
