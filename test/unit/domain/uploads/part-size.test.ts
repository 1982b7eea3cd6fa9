import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUFFERED_PART_BYTES, choosePartSize, MAX_PARTS, MIN_PART_BYTES } from '#domain/uploads/part-size';

const MIB = 1024 * 1024;

describe('the part size', () => {
  it('is that of a buffer while nobody knows the length, or when all fits one', () => {
    expect(choosePartSize({ totalBytes: undefined, firstChunkBytes: undefined })).toBe(BUFFERED_PART_BYTES);
    expect(choosePartSize({ totalBytes: 8 * MIB, firstChunkBytes: undefined })).toBe(BUFFERED_PART_BYTES);
  });

  it('of a body of known length is within what R2 takes, up to terabytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8 * MIB + 1, max: 5 * 1024 ** 4 }), (totalBytes) => {
        const partSize = choosePartSize({ totalBytes, firstChunkBytes: undefined });
        expect(partSize).toBeGreaterThanOrEqual(MIN_PART_BYTES);
        expect(Math.ceil(totalBytes / partSize)).toBeLessThanOrEqual(MAX_PARTS);
      }),
    );
  });

  it('divides a chunk wherever it can', () => {
    const rows = [
      { chunk: 5 * MIB, part: 5 * MIB },
      { chunk: 100_000_000, part: 50_000_000 },
      { chunk: 64 * MIB, part: 64 * MIB },
      { chunk: 65 * MIB, part: 32.5 * MIB },
    ];
    for (const { chunk, part } of rows) {
      expect(choosePartSize({ totalBytes: chunk, firstChunkBytes: chunk })).toBe(part);
    }
  });

  it('is found at once, however large the client says its chunk is', () => {
    const largestPrime = 9_007_199_254_740_881;
    const startMs = performance.now();
    expect(choosePartSize({ totalBytes: largestPrime, firstChunkBytes: largestPrime })).toBeGreaterThan(MIB);
    expect(performance.now() - startMs).toBeLessThan(100);
  });

  it('is the usual one where a chunk is too small to be a part', () => {
    expect(choosePartSize({ totalBytes: MIB, firstChunkBytes: MIB })).toBe(BUFFERED_PART_BYTES);
  });
});
