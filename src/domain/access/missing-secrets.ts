import { AppError } from '#core/errors';

/** Throws LOGIN_DISABLED, naming what the deployment lacks. */
export function requireSecrets(missing: readonly string[]): void {
  if (missing.length === 0) return;
  throw new AppError('LOGIN_DISABLED', { message: loginsDisabledMessage(missing) });
}

export function loginsDisabledMessage(missing: readonly string[]): string {
  return `logins are disabled: the deployment has no secret ${missing.join(' and no secret ')}`;
}
