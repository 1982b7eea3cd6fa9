/** RFC 5234 appendix B.1: CTL. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/**
 * Whether the text holds a control character, which no user-id and no password may (RFC 7617 §2). HMAC pads its keys with
 * NUL bytes, so to every hash built on it a password and the same with NUL bytes behind are one.
 */
export function hasControlCharacter(text: string): boolean {
  return CONTROL_CHARACTER.test(text);
}
