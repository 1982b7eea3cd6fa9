/** An inclusive range of bytes within a body of known size. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export type RangeRequest =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  | { readonly kind: 'unsatisfiable' };

/** Names of units have no case (RFC 9110 §14.1). */
const SINGLE_RANGE = /^bytes=(\d{0,16})-(\d{0,16})$/i;
const WHOLE: RangeRequest = { kind: 'whole' };
const UNSATISFIABLE: RangeRequest = { kind: 'unsatisfiable' };

/**
 * What a `Range` header asks for (RFC 9110 §14.2). A header of another unit, of several ranges or of no sense is
 * ignored, as the RFC permits; `last < first` is refused, as the OCI conformance suite expects.
 */
export function parseRange(header: string | undefined, sizeBytes: number): RangeRequest {
  const match = header === undefined ? null : SINGLE_RANGE.exec(header.trim());
  if (!match) return WHOLE;
  const [, from = '', to = ''] = match;
  if (from === '') return suffixRange(to, sizeBytes);
  const first = Number(from);
  const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  return first >= sizeBytes || last < first ? UNSATISFIABLE : { kind: 'part', range: { first, last } };
}

function suffixRange(length: string, sizeBytes: number): RangeRequest {
  if (length === '') return WHOLE;
  const wanted = Math.min(Number(length), sizeBytes);
  return wanted === 0 ? UNSATISFIABLE : { kind: 'part', range: { first: sizeBytes - wanted, last: sizeBytes - 1 } };
}

/**
 * The `Content-Range` of an upload chunk: `<first>-<last>`, inclusive (OCI distribution-spec v1.1.1 §"Pushing a blob
 * in chunks"). The RFC 9110 form `bytes <first>-<last>/<size|*>` that some clients send is understood too.
 */
export function parseChunkRange(header: string): ByteRange | undefined {
  const match = /^(?:bytes[ =])?(\d{1,16})-(\d{1,16})(?:\/(?:\d{1,16}|\*))?$/i.exec(header.trim());
  if (!match) return undefined;
  const range = { first: Number(match[1]), last: Number(match[2]) };
  return range.last >= range.first ? range : undefined;
}
