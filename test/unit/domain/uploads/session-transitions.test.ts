import { describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import { EMPTY_LAYOUT, FRESH_SESSION, nextPartNumber, type Session, type UploadLayout } from '#domain/uploads/session';
import {
  claim,
  discard,
  expiresAtMs,
  finish,
  LEASE_MS,
  markDone,
  record,
  renew,
} from '#domain/uploads/session-transitions';

const HOUR_MS = 3_600_000;
const digest = digestOf(new Uint8Array([1]));
const other = digestOf(new Uint8Array([2]));
const carry = { objectKey: 'blobs/i/carry', sizeBytes: 10 };
const multipart = { objectKey: 'blobs/i/object', uploadId: 'u', partSizeBytes: 90, fullParts: 1, skippedNumbers: 0 };
const tail = { partNumber: 2, etag: 'tail' };
const layout: UploadLayout = { offsetBytes: 100, multipart: { ...multipart, tail }, carry, isChunked: true };
const open: Session = { ...FRESH_SESSION, layout, epoch: 3, touchedAtMs: 1000 };
const written = (epoch?: number, isLast = true) => ({ epoch, layout, newParts: [], isLast });

describe('claiming', () => {
  it('makes one writer and keeps rivals out while its lease lasts', () => {
    const first = claim(open, undefined, 1000);
    expect(first.answer).toMatchObject({ kind: 'granted', epoch: 4, layout });
    expect(claim(first.session, undefined, 1000 + LEASE_MS - 1).answer).toEqual({ kind: 'refused', offsetBytes: 100 });
    expect(claim(first.session, undefined, 1000 + LEASE_MS).answer).toMatchObject({ kind: 'granted', epoch: 5 });
  });

  it('is refused to bytes that do not belong at the offset', () => {
    expect(claim(open, 99, 1000).answer).toEqual({ kind: 'refused', offsetBytes: 100 });
    expect(claim(open, 100, 1000).answer).toMatchObject({ kind: 'granted' });
  });

  it('after a writer broke off gives up its part numbers and the tail it may have replaced', () => {
    const { session } = claim(open, undefined, 1000);
    const { answer } = claim(session, undefined, 1000 + LEASE_MS);
    if (answer.kind !== 'granted' || !answer.layout.multipart) throw new Error('not granted');
    expect(nextPartNumber(answer.layout.multipart)).toBe(4);
    expect(answer.layout.multipart.tail).toBeUndefined();
    expect(answer.layout.carry).toEqual(carry);
  });
});

describe('recording', () => {
  it('without a claim is for the very first bytes alone', () => {
    expect(record(FRESH_SESSION, written(), 1000).answer).toEqual({ kind: 'recorded' });
    expect(record(open, written(), 1000).answer).toEqual({ kind: 'refused', offsetBytes: 100 });
    const { session } = claim(FRESH_SESSION, undefined, 1000);
    expect(record(session, written(), 1001).answer).toEqual({ kind: 'refused', offsetBytes: 0 });
  });

  it('is refused to a writer that was overtaken, as is renewing', () => {
    const first = claim(open, undefined, 1000).session;
    const second = claim(first, undefined, 1000 + LEASE_MS).session;
    expect(record(second, written(4), 30_000).answer).toEqual({ kind: 'refused', offsetBytes: 100 });
    expect(renew(second, 4, 30_000)).toEqual({ session: second, answer: false });
    expect(record(second, written(5), 30_000).answer).toEqual({ kind: 'recorded' });
  });

  it('as the last gives the lease back', () => {
    const { session } = claim(open, undefined, 1000);
    const done = record(session, written(4), 1001).session;
    expect(claim(done, undefined, 1002).answer).toMatchObject({ kind: 'granted', layout });
  });
});

describe('finishing', () => {
  const finishing = finish(open, digest, 2000).session;

  it('ends writing, and may be joined with the same digest only', () => {
    expect(claim(finishing, undefined, 90_000).answer).toMatchObject({ kind: 'refused' });
    expect(record(finishing, written(3), 2001).answer).toMatchObject({ kind: 'refused' });
    expect(finish(finishing, digest, 2001).answer).toEqual({ kind: 'granted', layout });
    expect(finish(finishing, other, 2001).answer).toMatchObject({ kind: 'refused' });
    expect(finish(finishing, other, 2000 + LEASE_MS).answer).toMatchObject({ kind: 'granted' });
  });

  it('under another digest leaves the bytes to the finisher it has overtaken', () => {
    const overtaken = finish(finishing, other, 2000 + LEASE_MS).session;
    const { session, answer } = discard(finish(overtaken, other, 2001 + LEASE_MS).session, other, 2002 + LEASE_MS);
    expect(answer).toEqual({ kind: 'discarded', layout: EMPTY_LAYOUT });
    expect(session.layout).toEqual(layout);
  });

  it('waits for a writer', () => {
    const { session } = claim(open, undefined, 1000);
    expect(finish(session, digest, 1001).answer).toMatchObject({ kind: 'refused' });
  });

  it('is remembered for an hour, and answers any other digest as an unknown upload', () => {
    const done = markDone(finishing, digest, 3000);
    expect(finish(done, digest, 4000).answer).toEqual({ kind: 'done' });
    expect(finish(done, other, 4000).answer).toEqual({ kind: 'gone' });
    expect(done.layout).toEqual(EMPTY_LAYOUT);
    expect(expiresAtMs(done)).toBe(3000 + HOUR_MS);
  });

  it('cannot be cancelled from outside', () => {
    expect(discard(finishing, undefined, 3000).answer).toMatchObject({ kind: 'refused' });
    expect(discard(finishing, digest, 3000).answer).toEqual({ kind: 'discarded', layout });
  });
});

describe('an upload that was cancelled', () => {
  it('is gone for everybody', () => {
    const { session } = discard(open, undefined, 2000);
    expect(claim(session, undefined, 3000).answer).toEqual({ kind: 'gone' });
    expect(record(session, written(3), 3000).answer).toEqual({ kind: 'gone' });
    expect(finish(session, digest, 3000).answer).toEqual({ kind: 'gone' });
    expect(discard(session, undefined, 3000).answer).toEqual({ kind: 'gone' });
    expect(expiresAtMs(session)).toBe(2000 + 24 * HOUR_MS);
  });
});
