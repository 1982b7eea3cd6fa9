import type { RobotPrincipal, UserPrincipal } from '#domain/access/principal';
import type { Actor } from '#domain/audit/audit';

/** A name and a password, or a secret or token in a password's place. */
export interface LoginAttempt {
  readonly username: string;
  readonly password: string;
  /** Who the audit log shall say it was, with the address it came from. */
  readonly actor: Actor;
  /** Whom another request has meanwhile found this name and password to be. */
  readonly foundMeanwhile: () => UserPrincipal | RobotPrincipal | undefined;
}

/** `not-mine`: the name belongs to no account of this kind, so the next method may know it. */
export type LoginOutcome = UserPrincipal | RobotPrincipal | 'refused' | 'not-mine';

/** One kind of account, and how it proves itself. */
export interface LoginMethod {
  attempt(attempt: LoginAttempt): Promise<LoginOutcome>;
}
