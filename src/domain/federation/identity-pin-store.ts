import type { Mutation } from '#domain/events/mutation';
import type { IdentityPin } from '#domain/federation/identity-pin';

/** Rows of first uses. */
export interface IdentityPinStore {
  /** When the token was first used; undefined when it was not. */
  findFirstUse(token: Pick<IdentityPin, 'issuer' | 'fingerprint'>): Promise<number | undefined>;

  /** Stores the pin unless there is one; answers when the token was first used. */
  pin(pin: IdentityPin): Promise<number>;

  /** Writes the audit rows of one use. */
  recordUse(uses: readonly Mutation[]): Promise<void>;

  /** Forgets pins whose time is up, a bounded number at once. */
  sweep(nowMs: number): Promise<void>;
}
