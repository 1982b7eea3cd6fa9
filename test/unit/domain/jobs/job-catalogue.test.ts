import { describe, expect, it } from 'vitest';
import { JOB_CATALOGUE, laneOf, retryDelayMs } from '#domain/jobs/job-catalogue';
import { VENDOR_TYPES } from '#domain/jobs/vendor-type';

describe('the job catalogue', () => {
  it.each(VENDOR_TYPES)('waits before each further try of %s, and gives up at the last', (vendorType) => {
    const { maxFailures } = JOB_CATALOGUE[vendorType];
    for (let failures = 1; failures < maxFailures; failures++)
      expect(retryDelayMs(vendorType, failures)).toBeGreaterThan(0);
    expect(retryDelayMs(vendorType, maxFailures)).toBeUndefined();
  });

  it.each(['WEBHOOK', 'SLACK'] as const)('has the retries of %s within five minutes, three at most', (vendorType) => {
    const { maxFailures, backoffMs } = JOB_CATALOGUE[vendorType];
    expect(maxFailures - 1).toBeLessThanOrEqual(3);
    expect(backoffMs.reduce((sum, delayMs) => sum + delayMs, 0)).toBeLessThanOrEqual(5 * 60_000);
  });

  it('keeps deliveries of a policy in order, and policies apart', () => {
    expect(laneOf('WEBHOOK', 7)).not.toBe(laneOf('WEBHOOK', 8));
    expect(laneOf('GARBAGE_COLLECTION', 0)).toBe('GARBAGE_COLLECTION');
  });
});
