/**
 * A strict look at what a directory sends, before the client library sees it: the library's parser can be made to loop
 * for ever by lengths that lie. Basic Encoding Rules as RFC 4511 §5.1 narrows them: definite lengths only.
 */

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const BIND_RESPONSE = 0x61;
const SEARCH_ENTRY = 0x64;
const SEARCH_DONE = 0x65;

/** Longest length field that is read, in bytes; four count to 4 GiB. */
const MAX_LENGTH_BYTES = 4;

/** A directory that does not speak LDAP. */
class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

interface Element {
  readonly tag: number;
  readonly startsAt: number;
  readonly contentAt: number;
  readonly endsAt: number;
}

/** The length of the message at the start of `bytes`; undefined while too little of it is there to tell. */
export function messageLength(bytes: Uint8Array): number | undefined {
  if (bytes.length > 0 && bytes[0] !== SEQUENCE) throw new MalformedMessage('not an LDAP message');
  return readElement(bytes, 0)?.endsAt;
}

/**
 * A complete message as the client may have it: without controls, which nobody asked for. Undefined for one that nobody
 * waits for, such as a reference to another directory. Throws MalformedMessage.
 */
export function sanitizeMessage(message: Uint8Array): Uint8Array | undefined {
  const { contentAt, endsAt } = element(message, 0, message.length);
  const id = element(message, contentAt, endsAt, INTEGER);
  const operation = element(message, id.endsAt, endsAt);
  switch (operation.tag) {
    case BIND_RESPONSE:
    case SEARCH_DONE:
      break;
    case SEARCH_ENTRY:
      checkEntry(message, operation);
      break;
    default:
      return undefined;
  }
  return toSequence(message.subarray(id.startsAt, operation.endsAt));
}

/** SearchResultEntry, RFC 4511 §4.5.2: a name and attributes, each a type and a set of values. */
function checkEntry(message: Uint8Array, entry: Element): void {
  const name = element(message, entry.contentAt, entry.endsAt, OCTET_STRING);
  const attributes = element(message, name.endsAt, entry.endsAt, SEQUENCE);
  for (const attribute of children(message, attributes, SEQUENCE)) {
    const type = element(message, attribute.contentAt, attribute.endsAt, OCTET_STRING);
    const values = element(message, type.endsAt, attribute.endsAt, SET);
    for (const _ of children(message, values, OCTET_STRING));
    if (values.endsAt !== attribute.endsAt) throw new MalformedMessage('an attribute has more than its values');
  }
  if (attributes.endsAt !== entry.endsAt) throw new MalformedMessage('an entry has more than its attributes');
}

function* children(message: Uint8Array, parent: Element, tag: number): Generator<Element> {
  for (let at = parent.contentAt; at < parent.endsAt; ) {
    const child = element(message, at, parent.endsAt, tag);
    yield child;
    at = child.endsAt;
  }
}

/** The element at `at`, which must lie before `limit` and be of that tag. */
function element(bytes: Uint8Array, at: number, limit: number, tag?: number): Element {
  const found = at < limit ? readElement(bytes, at) : undefined;
  if (!found || found.endsAt > limit) throw new MalformedMessage('an element does not fit into its parent');
  if (tag !== undefined && found.tag !== tag) throw new MalformedMessage(`an element of type ${found.tag}`);
  return found;
}

/** The element at `at`, which may reach beyond the bytes; undefined when its length is not there yet. */
function readElement(bytes: Uint8Array, at: number): Element | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  if (first < 0x80) return { tag, startsAt: at, contentAt: at + 2, endsAt: at + 2 + first };
  const count = first & 0x7f;
  if (count === 0 || count > MAX_LENGTH_BYTES) throw new MalformedMessage('a length that is none');
  const contentAt = at + 2 + count;
  if (bytes.length < contentAt) return undefined;
  const length = bytes.subarray(at + 2, contentAt).reduce((sum, byte) => sum * 256 + byte, 0);
  return { tag, startsAt: at, contentAt, endsAt: contentAt + length };
}

function toSequence(content: Uint8Array): Uint8Array {
  const header = new Uint8Array(6);
  header.set([SEQUENCE, 0x84]);
  new DataView(header.buffer).setUint32(2, content.length);
  const sequence = new Uint8Array(header.length + content.length);
  sequence.set(header);
  sequence.set(content, header.length);
  return sequence;
}
