/** Attribute types and values of one relative distinguished name, in an order that does not depend on how it was written. */
type Rdn = readonly string[];

const PIECE = /((?:\\[\s\S]|[^\\,+])*)(,|\+|$)/y;
const TYPE_AND_VALUE = /^\s*([a-z][a-z0-9-]*|\d+(?:\.\d+)*)\s*=([\s\S]*)$/i;
const ESCAPED = /((?:\\[0-9a-f]{2})+)|\\([\s\S])/gi;

/**
 * One way to write a distinguished name (RFC 4514), so that two that mean the same entry are the same text: lower case,
 * no insignificant space, escapes only where they must be. Undefined for text that is none.
 */
export function normalizeDn(text: string): string | undefined {
  return parseDn(text)?.map(joinRdn).join(',');
}

export function isSameDn(a: string, b: string): boolean {
  const normalized = normalizeDn(a);
  return normalized !== undefined && normalized === normalizeDn(b);
}

/** Whether `dn` is `baseDn` or lies below it; everything lies below an empty base. */
export function isUnderDn(baseDn: string, dn: string): boolean {
  const base = parseDn(baseDn);
  const child = parseDn(dn);
  if (!base || !child || child.length < base.length) return false;
  const end = child.slice(child.length - base.length);
  return end.map(joinRdn).join(',') === base.map(joinRdn).join(',');
}

function joinRdn(rdn: Rdn): string {
  return rdn.join('+');
}

function parseDn(text: string): readonly Rdn[] | undefined {
  if (text.trim() === '') return [];
  const rdns: Rdn[] = [];
  let rdn: string[] = [];
  PIECE.lastIndex = 0;
  for (;;) {
    const [, piece = '', separator] = PIECE.exec(text) ?? [];
    const assertion = normalizeAssertion(piece);
    if (separator === undefined || assertion === undefined) return undefined;
    rdn.push(assertion);
    if (separator === '+') continue;
    rdns.push(rdn.sort());
    if (separator === '') return rdns;
    rdn = [];
  }
}

/** `type=value`; undefined when the text has no type. */
function normalizeAssertion(text: string): string | undefined {
  const [, type, value] = TYPE_AND_VALUE.exec(text) ?? [];
  if (type === undefined || value === undefined) return undefined;
  const plain = unescapeValue(value).trim().replaceAll(/\s+/g, ' ').toLowerCase();
  return `${type.toLowerCase()}=${plain.replaceAll(/^#|[\\,+"<>;=]/g, (character) => `\\${character}`)}`;
}

/** RFC 4514 §2.4: pairs of hexadecimal digits are bytes of UTF-8, any other escaped character is itself. */
function unescapeValue(value: string): string {
  return value.replaceAll(ESCAPED, (_, hex: string | undefined, character: string | undefined) => {
    if (hex === undefined) return character ?? '';
    const bytes = hex.split('\\').slice(1);
    return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
  });
}
