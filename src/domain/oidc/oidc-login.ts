import type { User } from '#domain/users/user';

/** A login that has begun. */
export interface BegunLogin {
  /** The provider's login page. */
  readonly url: string;
  readonly state: string;
  /** Only the browser that begins a login may end it: it keeps this meanwhile. */
  readonly browserKey: string;
}

/** What came back from the provider. */
export interface LoginReturn {
  /** The query of the callback. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly browserKey: string | undefined;
  readonly sourceAddress: string | undefined;
}

/** Somebody has logged in. */
export interface FinishedLogin {
  readonly kind: 'login';
  readonly user: User;
  /** For the session, to log out at the provider by. */
  readonly sealedIdToken: string;
  readonly redirectUrl: string;
}

/** Somebody has proven who they are, and must choose a name. */
export interface AwaitedName {
  readonly kind: 'onboarding';
  readonly ticket: string;
  /** A proposal, empty when the provider tells no name. */
  readonly username: string;
  readonly redirectUrl: string;
}

/** What a session tells of its login. */
export interface LoggedIn {
  readonly userId: number;
  readonly sealedIdToken: string | undefined;
  /** Whether it may still act for the account. */
  readonly isGood: boolean;
}
