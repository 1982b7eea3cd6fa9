/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new Error('the median of nothing was asked for');
  const lower = sorted.length % 2 === 1 ? upper : (sorted[middle - 1] ?? upper);
  return (lower + upper) / 2;
}

/** One of the things measured side by side. */
export interface Contestant {
  readonly name: string;
  /** Does one run and answers its figure. */
  measure(run: number): Promise<number>;
}

/**
 * Lets the contestants take turns (A B C A B C …), so that a slow minute of the machine hits all of them, and answers
 * every figure under its contestant's name.
 */
export async function takeTurns(
  runs: number,
  contestants: readonly Contestant[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const figures = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let run = 0; run < runs; run++) {
    for (const contestant of contestants) figures.get(contestant.name)?.push(await contestant.measure(run));
  }
  return figures;
}

/** Runs `work` and answers how long it took. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}
