import { describe, expect, it } from 'vitest';
import { fits, parseHardLimit, QuotaExceeded } from '#domain/quotas/quota';

const KIB = 1024;
const MIB = 1024 * KIB;

describe('the sentence of an exceeded quota', () => {
  it('is the one Harbor tells', () => {
    const usage = { hardBytes: 4 * MIB, usedBytes: 3.4 * MIB };
    expect(new QuotaExceeded(usage, 1.2 * MIB)).toMatchObject({
      code: 'DENIED',
      status: 403,
      message:
        'adding 1.2 MiB of storage resource, which when updated to current usage of 3.4 MiB will exceed the configured upper limit of 4.0 MiB.',
    });
  });

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [MIB - 1, '1024.0 KiB'],
    [MIB, '1.0 MiB'],
    [1.25 * MIB, '1.2 MiB'],
    [1.75 * MIB, '1.8 MiB'],
    [1024 ** 5 - 1, '1024.0 TiB'],
    [3 * 1024 ** 5, '3.0 PiB'],
  ])('says %i bytes as %s', (bytes, text) => {
    expect(new QuotaExceeded({ hardBytes: 1, usedBytes: 0 }, bytes).message).toContain(`adding ${text} of`);
  });
});

describe('the limit of a quota', () => {
  it.each([-1, 1, 1024 ** 5])('may be %i', (storage) => {
    expect(parseHardLimit({ storage })).toBe(storage);
  });

  it.each([
    [{ storage: 0 }, 'invalid non-positive value for quota limit, value=0'],
    [{ storage: -2 }, 'invalid non-positive value for quota limit, value=-2'],
    [{ storage: 1024 ** 5 + 1 }, 'exceeded 1024TB, which is 1125899906842624 Bytes, value=1125899906842625'],
    [{ storage: 1, count: 1 }, 'resource count not support'],
    [{}, 'resource storage not found'],
  ])('is refused as %j', (hard, message) => {
    expect(() => parseHardLimit(hard as Record<string, number>)).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST', message }),
    );
  });
});

it('fits what leaves the usage at the limit, and all without a limit', () => {
  expect(fits({ hardBytes: 10, usedBytes: 4 }, 6)).toBe(true);
  expect(fits({ hardBytes: 10, usedBytes: 4 }, 7)).toBe(false);
  expect(fits({ hardBytes: -1, usedBytes: 4 }, 1024 ** 5)).toBe(true);
});
