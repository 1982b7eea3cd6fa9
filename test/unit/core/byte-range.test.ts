import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChunkRange, parseRange } from '#core/byte-range';

describe('parseRange', () => {
  it.each([
    [undefined, { kind: 'whole' }],
    ['', { kind: 'whole' }],
    ['bytes=500-1499', { kind: 'part', range: { first: 500, last: 1499 } }],
    ['Bytes=500-1499', { kind: 'part', range: { first: 500, last: 1499 } }],
    ['bytes=500-', { kind: 'part', range: { first: 500, last: 2047 } }],
    ['bytes=-500', { kind: 'part', range: { first: 1548, last: 2047 } }],
    ['bytes=-5000', { kind: 'part', range: { first: 0, last: 2047 } }],
    ['bytes=2000-5000', { kind: 'part', range: { first: 2000, last: 2047 } }],
    ['bytes=500-0', { kind: 'unsatisfiable' }],
    ['bytes=5000-10000', { kind: 'unsatisfiable' }],
    ['bytes=2048-', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    ['bytes=-', { kind: 'whole' }],
    ['bytes=0-1,4-5', { kind: 'whole' }],
    ['items=0-1', { kind: 'whole' }],
    ['bytes=a-b', { kind: 'whole' }],
    ['bytes=0-99999999999999999999', { kind: 'whole' }],
  ])('reads %s of 2048 bytes', (header, expected) => {
    expect(parseRange(header, 2048)).toEqual(expected);
  });

  it('never leads outside the body', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat({ max: 10_000 }), (from, to, size) => {
        const request = parseRange(`bytes=${from}-${to}`, size);
        if (request.kind !== 'part') return;
        expect(request.range.first).toBeLessThanOrEqual(request.range.last);
        expect(request.range.last).toBeLessThan(size);
      }),
    );
  });

  it('finds nothing in an empty body', () => {
    expect(parseRange('bytes=0-0', 0)).toEqual({ kind: 'unsatisfiable' });
    expect(parseRange('bytes=-1', 0)).toEqual({ kind: 'unsatisfiable' });
  });
});

describe('parseChunkRange', () => {
  it.each([
    ['0-9', { first: 0, last: 9 }],
    ['bytes 0-9/10', { first: 0, last: 9 }],
    ['bytes 0-9/*', { first: 0, last: 9 }],
    ['bytes=0-9', { first: 0, last: 9 }],
    ['9-0', undefined],
    ['-9', undefined],
    ['0-', undefined],
    ['a-b', undefined],
    ['', undefined],
  ])('reads %s', (header, expected) => {
    expect(parseChunkRange(header)).toEqual(expected);
  });
});
