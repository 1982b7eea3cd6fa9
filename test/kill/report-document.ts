import type { KillOutcome } from '#test/kill/kill-round';
import type { TaskState } from '#test/kill/task-states';

const CURSOR_LENGTH = 90;

/** The text of docs/kill-test.md. */
export function killDocument(outcomes: readonly KillOutcome[]): string {
  const rows = outcomes.map(({ vendorType, killed, ended, effect }) => {
    const hit = killed.find(({ status }) => status === 'Running');
    return `| ${[vendorType, hit ? stand(hit) : '', statuses(ended), effect].join(' | ')} |`;
  });
  return `${[
    '# Kill test',
    '',
    'Every kind of job works at once in a server of its own (`npm start`), node and workerd of which are killed with `kill -9`',
    'in the middle; the server is started again, nobody does anything, and every job must end with one final status, Success,',
    'and an effect that shows once. Written by `npm run test:kill -- --write`; a kind that a kill did not hit in the middle is',
    'tried again.',
    '',
    'A slice counts in the revision of its task, as does each change of its status. What a cursor says is for the job alone.',
    '',
    '| job | where the kill left it | how it ended | its effect |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')}\n`;
}

function stand({ status, revision, cursor }: TaskState): string {
  if (cursor === null) return `${status}, revision ${revision}, in its one slice`;
  const text = cursor.length > CURSOR_LENGTH ? `${cursor.slice(0, CURSOR_LENGTH)}…` : cursor;
  return `${status}, revision ${revision}, cursor \`${text.replaceAll('|', '\\|')}\``;
}

function statuses(tasks: readonly TaskState[]): string {
  const [first] = tasks;
  if (tasks.length === 1 && first) return `${first.status}, revision ${first.revision}`;
  const all = new Set(tasks.map(({ status }) => status));
  return `${tasks.length} tasks, ${[...all].join(' and ')}`;
}
