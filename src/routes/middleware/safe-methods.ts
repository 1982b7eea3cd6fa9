const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a method asks for no change (RFC 9110 §9.2.1; TRACE reaches no server here). */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method);
}
