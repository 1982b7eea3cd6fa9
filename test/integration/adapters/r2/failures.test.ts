import { describe, expect, it } from 'vitest';
import { createHarness } from '#test/support/harness';
import { newRepository, pushBlob, randomBytes } from '#test/support/images';

/** R2 that answers "try again" a number of times. */
function busyBucket(failures: number) {
  return createHarness({}, async (call, invoke) => {
    if (call.binding === 'BLOBS' && failures-- > 0) {
      throw new Error('put: We encountered an internal error. Please try again. (10001)');
    }
    return invoke();
  });
}

describe('an overloaded bucket', () => {
  it('delays a push and does not fail it', async () => {
    await pushBlob(busyBucket(2), newRepository(), randomBytes(1000));
  });

  it('answers 503 with Retry-After when it stays overloaded, not 500', async () => {
    const harness = busyBucket(1_000);
    const opened = await harness.asAdmin('POST', `/v2/${newRepository()}/blobs/uploads/`);
    const body = randomBytes(1000);
    const answer = await harness.asAdmin('PATCH', opened.headers.get('location') ?? '', { body });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
  });
});
