import { ALLOWED_SKIPS } from '#test/conformance/allowed-skips';
import type { ConformanceResults } from '#test/conformance/results';

/** The text of docs/conformance.md. */
export function conformanceDocument(runs: ReadonlyMap<string, ConformanceResults>): string {
  const columns = [...runs.values()][0]?.summary.map((count) => count.slice(0, count.indexOf(' '))) ?? [];
  const counts = [...runs].map(([version, { summary }]) => {
    const numbers = summary.map((count) => count.slice(count.indexOf(' ') + 1));
    return `| \`${version}\` | ${numbers.join(' | ')} |`;
  });
  const skips = ALLOWED_SKIPS.map(({ test, versions, reason }) => `| ${test} | ${versions.join(', ')} | ${reason} |`);
  return `${[
    '# Conformance',
    '',
    "The OCI distribution-spec's conformance suite, run against `npm start` with a user and a password.",
    'Written by `npm run test:conformance -- --write`.',
    '',
    'The program is `github.com/opencontainers/distribution-spec/conformance`; `scripts/install-tools.sh` names the version',
    'and installs it where the module proxy serves it. Elsewhere, build it from a checkout of that version and put it on PATH',
    'as `conformance`.',
    '',
    `| OCI_VERSION | ${columns.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(columns.length)}`,
    ...counts,
    '',
    '## What does not run, and why',
    '',
    'Anything else that is skipped or disabled fails the run (`test/conformance/allowed-skips.ts`).',
    '',
    '| test or group | OCI_VERSION | why |',
    '| --- | --- | --- |',
    ...skips,
  ].join('\n')}\n`;
}
