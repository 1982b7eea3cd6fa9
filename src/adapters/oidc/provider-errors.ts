import { ResponseBodyError } from 'openid-client';
import { AppError } from '#core/errors';

/** What the library's failure means to whoever asked; a failure to reach the provider lies underneath, as its cause. */
export function toAppError(error: unknown): AppError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AppError) return cause;
  }
  if (error instanceof ResponseBodyError) {
    return new AppError('BAD_REQUEST', {
      message: `the OIDC provider answered ${error.error.slice(0, 64)}`,
      cause: error,
    });
  }
  return new AppError('BAD_REQUEST', { message: "the OIDC provider's answer does not hold", cause: error });
}

/** Whether the provider said that a grant is void (RFC 6749 §5.2). Its other codes are about this client. */
export function isVoidGrant(error: unknown): boolean {
  return error instanceof ResponseBodyError && error.error === 'invalid_grant';
}
