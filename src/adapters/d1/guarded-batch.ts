import { runBatch } from '#adapters/d1/batch';
import { type GuardCode, GuardFailed } from '#adapters/d1/guards';
import { AppError, type ErrorCode } from '#core/errors';

/** What the client is told when a guard did not hold: the error and its words. */
export type Refusals = Partial<Readonly<Record<GuardCode, readonly [ErrorCode, string]>>>;

/** Runs statements as one transaction; a guard that did not hold becomes its refusal. */
export async function runGuarded(
  db: D1Database,
  statements: readonly D1PreparedStatement[],
  refusals: Refusals,
): Promise<void> {
  try {
    await runBatch(db, [...statements]);
  } catch (error) {
    const [code, message] = (error instanceof GuardFailed && refusals[error.code]) || [];
    throw code === undefined || message === undefined ? error : new AppError(code, { message });
  }
}
