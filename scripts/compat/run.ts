import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { missingProofs, statusesByOperation } from '#scripts/compat/evidence';
import { NEVER_FAILING, NEVER_SUCCEEDING } from '#scripts/compat/exemptions';
import { HARBOR_OPERATIONS } from '#scripts/compat/harbor-operations';
import { KNOWN_DIFFERENCES } from '#scripts/compat/known-differences';
import { freshRecording } from '#scripts/compat/last-recording';
import { compatibilityReport } from '#scripts/compat/report';
import type { Recording } from '#test/support/recording/recording';

/*
 * Writes docs/compatibility.md from the served document and from what the tests recorded, and fails when an implemented
 * operation is not tested. `--check` writes nothing and also fails when the report is not up to date.
 */

const REPORT_PATH = 'docs/compatibility.md';

function main(): void {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const recording = freshRecording() ?? recordAnew();
  fail(recording ? judge(recording, values.check) : ['the tests must pass first']);
}

/** Writes the report, or only compares it, and says what is wrong. */
function judge(recording: Recording, isCheck: boolean): readonly string[] {
  const statuses = statusesByOperation(recording);
  const untested = new Map(
    recording.operations
      .map(
        (operation) =>
          [operation.operationId, missingProofs(operation, statuses.get(operation.operationId) ?? new Set())] as const,
      )
      .filter(([, missing]) => missing.length > 0),
  );
  const tested = new Set(recording.operations.map(({ operationId }) => operationId).filter((id) => !untested.has(id)));
  const report = compatibilityReport({ implemented: recording.operations, tested });
  const isStale = isCheck && (!existsSync(REPORT_PATH) || readFileSync(REPORT_PATH, 'utf8') !== report);
  if (!isCheck) writeFileSync(REPORT_PATH, report);
  console.log(`${recording.operations.length} operations are implemented, ${tested.size} of them tested`);
  return [
    ...[...untested].map(
      ([operationId, missing]) => `${operationId} is not tested: missing is ${missing.join(', and ')}`,
    ),
    ...unknownNames(recording),
    ...(isStale ? [`${REPORT_PATH} is not up to date: npm run compat writes it`] : []),
  ];
}

/** Runs the tests that record. */
function recordAnew(): Recording | undefined {
  spawnSync('npx', ['vitest', 'run', '--project', 'workers'], { stdio: 'inherit' });
  return freshRecording();
}

/** What the tables of this folder say of operations that do not exist. */
function unknownNames({ operations }: Recording): readonly string[] {
  const known = new Set([...HARBOR_OPERATIONS, ...operations].map(({ operationId }) => operationId));
  const named = [...Object.keys(KNOWN_DIFFERENCES), ...Object.keys(NEVER_FAILING), ...Object.keys(NEVER_SUCCEEDING)];
  return named.filter((name) => !known.has(name)).map((name) => `${name} is no operation`);
}

function fail(reasons: readonly string[]): void {
  for (const reason of reasons) console.error(reason);
  if (reasons.length > 0) process.exitCode = 1;
}

main();
