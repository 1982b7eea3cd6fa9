export type PasswordVerdict = 'wrong' | 'right' | 'right-but-outdated';

/** Turns passwords into what may be stored. Both methods cost the same time, whatever they are given. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;

  /**
   * Compares in constant time. Without a stored hash it does the same work and answers `wrong`. Computations wait for
   * each other; `isKnownToBeRight` is asked when this one's turn has come, and spares it if another has just found out.
   */
  verify(password: string, stored: string | undefined, isKnownToBeRight?: () => boolean): Promise<PasswordVerdict>;
}
