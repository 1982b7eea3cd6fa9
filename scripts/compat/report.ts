import { NEVER_FAILING, NEVER_SUCCEEDING } from '#scripts/compat/exemptions';
import { HARBOR_OPERATIONS, type HarborOperation } from '#scripts/compat/harbor-operations';
import { KNOWN_DIFFERENCES } from '#scripts/compat/known-differences';
import type { OperationOutline } from '#test/support/recording/recording';

export interface Standing {
  /** Of the served document. */
  readonly implemented: readonly OperationOutline[];
  /** OperationIds. */
  readonly tested: ReadonlySet<string>;
}

/** `docs/compatibility.md`. */
export function compatibilityReport({ implemented, tested }: Standing): string {
  const ids = new Set(implemented.map(({ operationId }) => operationId));
  const tags = [...new Set(HARBOR_OPERATIONS.map(({ tag }) => tag))];
  const ofHarbor = HARBOR_OPERATIONS.filter(({ operationId }) => ids.has(operationId));
  const own = implemented.filter(({ operationId }) => !HARBOR_IDS.has(operationId));
  const marks = (operationId: string) => [mark(ids.has(operationId)), mark(tested.has(operationId))];
  return `# Compatibility with Harbor's API

Written by \`npm run compat\`; do not edit.

Of the ${HARBOR_OPERATIONS.length} operations of Harbor 2.16, ${ofHarbor.length} are implemented, and ${count(ofHarbor, tested)} of these are tested.

*Implemented*: it is in the OpenAPI document, \`/api/v2.0/openapi.json\`, which is made of the routes. *Tested*: while
\`npm test\` ran, it answered with a success whose body fits the document, with 401 or 403, and with a failure of its own.
An answer that the document does not tell of fails the test. Operations that ask nobody who they are need no 401;
${Object.keys(NEVER_FAILING)
  .map((id) => `\`${id}\``)
  .join(', ')} take no input and have no failure of their own;
${Object.keys(NEVER_SUCCEEDING)
  .map((id) => `\`${id}\``)
  .join(', ')} refuses everybody.

What differs for all of them, and why, stands in [harbor-differences.md](harbor-differences.md).

| area | operations | implemented | tested |
|---|--:|--:|--:|
${tags.map((tag) => areaRow(tag, ofHarbor, tested)).join('\n')}

${tags
  .map(
    (tag) =>
      `## ${tag}\n\n${table(
        HARBOR_OPERATIONS.filter((operation) => operation.tag === tag),
        marks,
      )}`,
  )
  .join('\n\n')}

## Operations that Harbor does not have

${table(own, marks)}
`;
}

const HARBOR_IDS: ReadonlySet<string> = new Set(HARBOR_OPERATIONS.map(({ operationId }) => operationId));

function areaRow(tag: string, implemented: readonly HarborOperation[], tested: ReadonlySet<string>): string {
  const all = HARBOR_OPERATIONS.filter((operation) => operation.tag === tag);
  const done = implemented.filter((operation) => operation.tag === tag);
  return `| [${tag}](#${tag.toLowerCase()}) | ${all.length} | ${done.length} | ${count(done, tested)} |`;
}

function table(operations: readonly HarborOperation[], marks: (operationId: string) => readonly string[]): string {
  const rows = operations.map(({ operationId, method, path }) => {
    const differences = (KNOWN_DIFFERENCES[operationId] ?? []).join('; ');
    return `| ${operationId} | \`${method} ${path}\` | ${marks(operationId).join(' | ')} | ${differences} |`;
  });
  return ['| operation | request | implemented | tested | known differences |', '|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}

function count(operations: readonly HarborOperation[], tested: ReadonlySet<string>): number {
  return operations.filter(({ operationId }) => tested.has(operationId)).length;
}

function mark(isSo: boolean): string {
  return isSo ? 'yes' : '';
}
