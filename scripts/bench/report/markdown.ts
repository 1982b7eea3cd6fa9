import type { Findings, Measurement, Target } from '#scripts/bench/measurement';

/** One measurement and what came of it. */
export interface Section {
  readonly measurement: Measurement;
  readonly findings: Findings;
}

export function sectionMarkdown({ measurement, findings }: Section): string {
  return `### ${measurement.title} (\`${measurement.name}\`)\n\n${measurement.method}\n\n${table(findings.columns, findings.rows)}`;
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
