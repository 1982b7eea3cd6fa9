import type { Search } from '#test/support/gc-model/in-memory';
import { PLANTED_BUGS } from '#test/support/gc-model/planted-bugs';

interface ModelResults {
  readonly searches: readonly Search[];
  readonly bugs: readonly Search[];
  readonly seconds: number;
  readonly seed: number;
}

/** docs/gc-model.md */
export function modelDocument({ searches, bugs, seconds, seed }: ModelResults): string {
  const sum = (of: (search: Search) => number) => searches.reduce((total, search) => total + of(search), 0);
  const done = new Map<string, number>();
  for (const search of searches) {
    for (const [name, count] of Object.entries(search.done)) done.set(name, (done.get(name) ?? 0) + count);
  }
  const failures = searches.filter(({ failure }) => failure).length;
  const lines = [
    '# The model of garbage collection',
    '',
    'Written by `npm run test:gc-model -- --write`. Random histories of pushes, uploads, mounts, copies, tags, deletions,',
    'restores, runs of garbage collection and passing time run over the real services and stores (`test/support/gc-model`), on',
    'SQLite with the real migrations and a bucket in memory. One call of storage happens at a time, in random order between',
    'all who are at work; one in ten dies at one of its calls. After every write each row of a blob must point at an object; at',
    'the end of each history everything that somebody was promised and nobody took back must be there, counts must be those of',
    'a recount, a dry run must say what the run then does, and after a quiet window nothing may be left that nothing needs.',
    'A few histories run in workerd over its D1 and R2 with every `npm test`.',
    '',
    `| | |`,
    '|---|---|',
    `| histories | ${sum(({ histories }) => histories).toLocaleString('en')} (seed ${seed}) |`,
    `| calls of storage | ${sum(({ calls }) => calls).toLocaleString('en')} |`,
    `| histories that lost or left something | ${failures} |`,
    `| time | ${Math.round(seconds)} s |`,
    '',
    `Done: ${[...done]
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${count.toLocaleString('en')}`)
      .join(', ')}.`,
    '',
    '## Planted bugs',
    '',
    'Each takes one precaution out of the statements; the model must notice.',
    '',
    '| bug | noticed |',
    '|---|---|',
    ...bugs.map(
      ({ failure, histories }, at) =>
        `| ${PLANTED_BUGS[at]?.name} | ${failure ? `in history ${histories}` : '**not**'} |`,
    ),
    '',
  ];
  return lines.join('\n');
}
