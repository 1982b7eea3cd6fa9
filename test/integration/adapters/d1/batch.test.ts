import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { runBatch } from '#adapters/d1/batch';
import { mutationStatements } from '#adapters/d1/mutation';
import type { Env } from '#src/env';
import { interceptBindings } from '#test/support/intercepted-bindings';

const testEnv = env as unknown as Env;

/** A database whose first batch commits and then loses its answer. */
function forgetful(): D1Database {
  let batches = 0;
  const { DB } = interceptBindings(testEnv, async (_call, invoke) => {
    const answer = await invoke();
    batches++;
    if (batches === 1) throw new Error('D1_ERROR: Network connection lost.');
    return answer;
  });
  return DB;
}

function mutation(operationId: string) {
  const audit = { projectId: 1, operation: 'create', resourceType: 'test', resource: 'x', description: 'x' };
  return { operationId, actor: { username: 'admin', sourceAddress: undefined }, nowMs: 1, audit, events: [] };
}

describe('runBatch', () => {
  it('does a deed once, though the answer to its first attempt is lost', async () => {
    const db = forgetful();
    await runBatch(db, mutationStatements(db, mutation('lost-answer')));
    const query = testEnv.DB.prepare(`select count(*) as n from audit_log where operation_id = 'lost-answer'`);
    expect(await query.first('n')).toBe(1);
  });

  it('refuses an operation id that somebody else has used', async () => {
    await runBatch(testEnv.DB, mutationStatements(testEnv.DB, mutation('used')));
    await expect(runBatch(testEnv.DB, mutationStatements(testEnv.DB, mutation('used')))).rejects.toThrow(/UNIQUE/);
  });
});
