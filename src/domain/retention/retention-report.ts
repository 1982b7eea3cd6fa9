import type { SeenCandidate } from '#domain/retention/candidate-pages';
import type { RunCounts } from '#domain/retention/retention-run';

/** What becomes of an artifact, in Harbor's words (`harbor:src/pkg/retention/job.go`). */
export type Verdict = 'RETAIN' | 'DEL' | 'IMMUTABLE' | 'ERR';

/** Harbor's columns. Labels stay empty, as they do there. */
const COLUMNS = ['Digest', 'Tag', 'Kind', 'Labels', 'PushedTime', 'PulledTime', 'CreatedTime', 'Retention'] as const;
const KIND = 'image';
/** Characters of a line's tags. */
const MAX_TAGS_LENGTH = 80;

export const REPORT_HEAD = `${line(COLUMNS)}\n${line(COLUMNS.map((column) => '-'.repeat(column.length)))}`;

export function reportLine({ candidate, tags }: SeenCandidate, verdict: Verdict): string {
  const { digest, tagCount, pushedAtMs, pulledAtMs, createdAtMs } = candidate;
  const times = [pushedAtMs, pulledAtMs, createdAtMs].map(toTime);
  return line([digest, tagsCell(tags, tagCount), KIND, '', ...times, verdict]);
}

export function reportSummary({ total, deletable, immutable, failed }: RunCounts): string {
  const retained = total - deletable - immutable - failed;
  return `${total} artifacts: RETAIN ${retained}, DEL ${deletable}, IMMUTABLE ${immutable}, ERR ${failed}`;
}

function tagsCell(tags: readonly string[], tagCount: number): string {
  const named = tags.join(',');
  const shown = named.length > MAX_TAGS_LENGTH ? `${named.slice(0, MAX_TAGS_LENGTH)}…` : named;
  const hidden = tagCount - tags.length;
  return hidden > 0 ? `${shown} and ${hidden} more` : shown;
}

/** Go's `2006/01/02 15:04:05`, UTC; empty for never. */
function toTime(atMs: number | undefined): string {
  return atMs === undefined ? '' : new Date(atMs).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
