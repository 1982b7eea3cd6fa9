import { NEVER_FAILING, NEVER_SUCCEEDING } from '#scripts/compat/exemptions';
import type { AnswerCounts, OperationOutline, Recording } from '#test/support/recording/recording';

/** What a recorded test run must hold of an operation for it to count as tested. */
const PROOFS = {
  success: 'a success that fits the document',
  refusal: 'a 401 or 403',
  failure: 'a failure of its own (another 4xx)',
} as const;

type Proof = keyof typeof PROOFS;

/** What is missing of an operation, in words; nothing when it is tested. */
export function missingProofs(operation: OperationOutline, statuses: ReadonlySet<number>): readonly string[] {
  const all = [...statuses];
  const isHeld: Readonly<Record<Proof, boolean>> = {
    success: operation.operationId in NEVER_SUCCEEDING || all.some((status) => status >= 200 && status < 300),
    refusal: operation.isOpen || all.some(isRefusal),
    failure:
      operation.operationId in { ...NEVER_FAILING, ...NEVER_SUCCEEDING } ||
      all.some((status) => isClientError(status) && !isRefusal(status)),
  };
  return (Object.keys(PROOFS) as Proof[]).filter((proof) => !isHeld[proof]).map((proof) => PROOFS[proof]);
}

/** The statuses each operation gave, by operationId. */
export function statusesByOperation({ files }: Recording): ReadonlyMap<string, ReadonlySet<number>> {
  const statuses = new Map<string, Set<number>>();
  for (const key of Object.values(files).flatMap(({ answers }: { answers: AnswerCounts }) => Object.keys(answers))) {
    const [operationId = '', status = ''] = key.split(' ');
    const known = statuses.get(operationId) ?? new Set();
    statuses.set(operationId, known.add(Number(status)));
  }
  return statuses;
}

function isClientError(status: number): boolean {
  return status >= 400 && status < 500;
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}
