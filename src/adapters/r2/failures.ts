/** Codes with which R2 asks for another try (developers.cloudflare.com/r2/api/error-codes). */
const TRANSIENT_CODE = /\((?:10001|10043|10058)\)/;
const TRANSIENT_TEXT = /internal error|network connection lost|reduce your concurrent request rate|timed out/i;

/** Whether a call of R2 failed in a way that may pass. */
export function isTransientFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return TRANSIENT_CODE.test(error.message) || TRANSIENT_TEXT.test(error.message);
}
