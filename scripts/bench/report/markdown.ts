import type { Findings, Measurement, Target } from '#scripts/bench/measurement';

/** One measurement and what came of it. */
export interface Section {
  readonly measurement: Measurement;
  readonly findings: Findings;
}

/** What was done, what came of it, and which of it was promised. */
export function sectionMarkdown({ measurement, findings }: Section): string {
  const { columns, rows, targets } = findings;
  const parts = [`### ${measurement.title} (\`${measurement.name}\`)`, measurement.method, table(columns, rows)];
  return [...parts, ...(targets.length > 0 ? [targetsMarkdown(targets)] : [])].join('\n\n');
}

/** The promised figures, ★ before those that must hold. */
export function targetsMarkdown(targets: readonly Target[]): string {
  const rows = targets.map(({ promise, measured, holds, isRequired }) => [
    `${isRequired ? '★ ' : ''}${promise}`,
    measured,
    holds ? 'holds' : '**falls short**',
  ]);
  return table(['promised', 'measured', ''], rows);
}

/** A Markdown table padded for reading in a terminal; every column but the first is aligned to the right. */
function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) =>
    Math.max(3, column.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(columns), line(rule), ...rows.map(line)].join('\n');
}
