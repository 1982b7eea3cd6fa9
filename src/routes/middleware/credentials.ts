import { hasControlCharacter } from '#core/control-characters';

/** What an Authorization header claims. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  /** A scheme nobody knows, or a Basic header that cannot be read: it proves nothing. */
  | { readonly kind: 'malformed' };

const MALFORMED: Credentials = { kind: 'malformed' };

/** Reads an Authorization header (RFC 9110 §11.6.2; RFC 7617 with UTF-8; RFC 6750 §2.1). */
export function parseAuthorization(header: string | undefined): Credentials {
  if (!header) return { kind: 'none' };
  const match = /^([A-Za-z]+) +(\S+)$/.exec(header.trim());
  const [, scheme, value] = match ?? [];
  if (!scheme || !value) return MALFORMED;
  switch (scheme.toLowerCase()) {
    case 'basic':
      return parseBasic(value);
    case 'bearer':
      return { kind: 'bearer', token: value };
    default:
      return MALFORMED;
  }
}

/** The user name ends at the first colon, so that a password may contain more. */
function parseBasic(encoded: string): Credentials {
  const text = decodeBase64(encoded);
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 1 || hasControlCharacter(text)) return MALFORMED;
  return { kind: 'basic', username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function decodeBase64(encoded: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
