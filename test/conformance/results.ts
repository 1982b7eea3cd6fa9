import { ALLOWED_SKIPS, type AllowedSkip } from '#test/conformance/allowed-skips';

/** What one run of the suite says. */
export interface ConformanceResults {
  readonly passed: number;
  /** Names of tests that failed or broke. */
  readonly failed: readonly string[];
  /** Names of tests, and of groups of the summary, that were skipped or disabled. */
  readonly skipped: readonly string[];
  /** The counts as the suite prints them. */
  readonly summary: readonly string[];
}

const TEST_CASE = /<testcase name="([^"]*)"[^>]* status="([^"]*)"/g;
const SUMMARY_COUNT = /^ {2}(Disabled|Skip|Pass|FAIL|Error|Total)\.*: +(\d+)$/gm;
const SUMMARY_GROUP = /^ {2}(\S.*?)\.*: +(Disabled|Skip|FAIL|Error)$/gm;

/** Reads the suite's JUnit report, and its summary for the groups that are off as a whole and so have no test there. */
export function parseResults(junit: string, output: string): ConformanceResults {
  const tests = [...junit.matchAll(TEST_CASE)].map(([, name = '', status = '']) => ({
    name: withoutRoot(name),
    status,
  }));
  const named = (statuses: readonly string[]) =>
    tests.filter(({ status }) => statuses.includes(status)).map(({ name }) => name);
  const groups = [...output.matchAll(SUMMARY_GROUP)].map(([, name = '', verdict = '']) => ({ name, verdict }));
  return {
    passed: named(['passed']).length,
    failed: named(['failure', 'error']),
    skipped: [...named(['skipped']), ...groups.filter(({ verdict }) => verdict === 'Disabled').map(({ name }) => name)],
    summary: [...output.matchAll(SUMMARY_COUNT)].map(([, name = '', count = '']) => `${name} ${count}`),
  };
}

/** What is wrong with the skips of a version: those nobody allowed, and allowances that no test needs any more. */
export function complaints(skipped: readonly string[], version: string): readonly string[] {
  const allowed = ALLOWED_SKIPS.filter(({ versions }) => versions.includes(version));
  const forbidden = skipped.filter((test) => !allowed.some((entry) => names(entry, test)));
  const stale = allowed.filter((entry) => !skipped.some((test) => names(entry, test)));
  return [
    ...forbidden.map((test) => `${test} was skipped, which allowed-skips.ts does not allow`),
    ...stale.map(({ test }) => `${test} is in allowed-skips.ts, but was not skipped`),
  ];
}

function names(allowed: AllowedSkip, test: string): boolean {
  return test === allowed.test || test.endsWith(`/${allowed.test}`);
}

function withoutRoot(name: string): string {
  return name.replace(/^OCI Conformance Test\//, '');
}
