/** Something the person at the terminal can put right; printed without a stack. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
