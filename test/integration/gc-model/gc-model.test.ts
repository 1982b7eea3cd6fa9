import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Env } from '#src/env';
import { history } from '#test/support/gc-model/commands';
import { ModelRun } from '#test/support/gc-model/model-run';
import { beginAnew } from '#test/support/new-deployment';

const { DB: db, BLOBS: bucket, TEST_PROPERTY_RUNS } = env as unknown as Env & { readonly TEST_PROPERTY_RUNS: number };

it(
  'garbage collection loses nothing and leaves nothing over the real D1 and R2 as well',
  async ({ task }) => {
    let calls = 0;
    const property = fc.asyncProperty(history, async (each) => {
      await beginAnew();
      const outcome = await new ModelRun({ db, bucket, isWatched: false }, each).run();
      calls += outcome.calls;
      expect(outcome.problems).toEqual([]);
    });
    await fc.assert(property, { numRuns: TEST_PROPERTY_RUNS, endOnFailure: true });
    task.meta.note = `garbage collection: ${TEST_PROPERTY_RUNS} histories, ${calls} calls of storage`;
  },
  120_000 + TEST_PROPERTY_RUNS * 20_000,
);
