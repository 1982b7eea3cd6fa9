import { describe, expect, it } from 'vitest';
import { missingProofs, statusesByOperation } from '#scripts/compat/evidence';

const operation = { operationId: 'getLabel', method: 'GET', path: '/labels/{label_id}', tag: 'label', isOpen: false };

describe('missingProofs', () => {
  it.each([
    ['nothing was asked', [], 3],
    ['there is a success alone', [200], 2],
    ['there is no failure of its own', [201, 401, 403], 1],
    ['a server error is the only other failure', [200, 403, 500], 1],
    ['there is no refusal', [200, 404], 1],
    ['a redirect is no success', [302, 401, 404], 1],
    ['all is there', [200, 403, 422], 0],
  ])('when %s', (_, statuses, count) => {
    expect(missingProofs(operation, new Set(statuses))).toHaveLength(count);
  });

  it('wants no refusal of an operation that asks nobody who they are', () => {
    expect(missingProofs({ ...operation, isOpen: true }, new Set([200, 404]))).toEqual([]);
  });

  it('wants no failure of an operation that takes no input', () => {
    expect(missingProofs({ ...operation, operationId: 'getPermissions' }, new Set([200, 401]))).toEqual([]);
  });
});

describe('statusesByOperation', () => {
  it('gathers the statuses of all test files', () => {
    const file = (...keys: string[]) => ({ hasPassed: true, answers: Object.fromEntries(keys.map((key) => [key, 1])) });
    const files = { 'a.test.ts': file('getLabel 200', 'listLabels 200'), 'b.test.ts': file('getLabel 404') };
    const statuses = statusesByOperation({ startedAtMs: 0, operations: [operation], files });
    expect([...(statuses.get('getLabel') ?? [])]).toEqual([200, 404]);
  });
});
