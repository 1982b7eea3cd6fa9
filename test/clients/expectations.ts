/** Throws unless two values that must be the same are. */
export function expectSame<T>(what: string, actual: T, expected: T): void {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)}, expected ${String(expected)}`);
}

export function expectMatch(what: string, text: string, pattern: RegExp): void {
  if (!pattern.test(text)) throw new Error(`${what} does not match ${pattern}:\n${text.slice(-2000)}`);
}

/** The one digest in what a client printed. */
export function digestIn(text: string): string {
  const digest = /sha256:[0-9a-f]{64}/.exec(text)?.[0];
  if (digest === undefined) throw new Error(`no digest in: ${text.slice(-2000)}`);
  return digest;
}
