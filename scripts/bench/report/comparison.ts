import { median } from '#scripts/bench/statistics';

type Figures = ReadonlyMap<string, readonly number[]>;

/** A row for each contestant: its name, the median of its figures, and that as a multiple of the reference's. */
export function comparisonRows(figures: Figures, reference: string, decimals: number): string[][] {
  return [...figures].map(([name, values]) => [
    name,
    median(values).toFixed(decimals),
    figures.has(reference) ? ratioOf(figures, name, reference).toFixed(2) : '–',
  ]);
}

/** The median figure of one contestant as a multiple of another's. */
export function ratioOf(figures: Figures, name: string, reference: string): number {
  return median(figures.get(name) ?? []) / median(figures.get(reference) ?? []);
}

export function mebibytes(bytes: number): string {
  return bytes % 1024 ** 3 === 0 ? `${bytes / 1024 ** 3} GiB` : `${(bytes / 1024 ** 2).toFixed(0)} MiB`;
}
