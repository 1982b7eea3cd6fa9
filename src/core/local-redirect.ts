/** Longest address somebody may ask to come back to, in characters. */
const MAX_LENGTH = 2_048;

/** How often a text is decoded when it is judged: what is hidden deeper no browser uncovers. */
const MAX_DECODINGS = 3;

/**
 * Whether a login may lead there afterwards: a path of this site, however often it is decoded. One `/` first, none
 * doubled in the path, no backslash (browsers take it for a slash) and no control character.
 */
export function isLocalRedirect(text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  let decoded = text;
  for (let round = 0; round <= MAX_DECODINGS; round += 1) {
    if (!isLocalPath(decoded)) return false;
    const next = decode(decoded);
    if (next === undefined) return false;
    if (next === decoded) return true;
    decoded = next;
  }
  return false;
}

function isLocalPath(text: string): boolean {
  const path = text.split(/[?#]/, 1)[0] ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  return path.startsWith('/') && !path.includes('//') && !/[\\\u0000-\u001f\u007f]/.test(text);
}

/** Undefined for escapes that stand for nothing. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
