import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Env } from '#src/env';
import { propertyRuns } from '#test/support/depth';
import { history } from '#test/support/gc-model/commands';
import { ModelRun } from '#test/support/gc-model/model-run';
import { beginAnew } from '#test/support/new-deployment';

const { DB: db, BLOBS: bucket } = env as unknown as Env;

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
    await fc.assert(property, { numRuns: propertyRuns, endOnFailure: true });
    task.meta.note = `garbage collection: ${propertyRuns} histories, ${calls} calls of storage`;
  },
  120_000 + propertyRuns * 20_000,
);
