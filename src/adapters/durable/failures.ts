/**
 * Whether a call of a Durable Object failed in a way that may pass: errors thrown on the other side arrive without their
 * class, but the platform marks its own (developers.cloudflare.com/durable-objects/best-practices/error-handling).
 */
export function isTransientFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { retryable, overloaded } = error as Error & { readonly retryable?: boolean; readonly overloaded?: boolean };
  return retryable === true || overloaded === true;
}
