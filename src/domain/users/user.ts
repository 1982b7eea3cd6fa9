/** A local account. */
export interface User {
  readonly id: number;
  readonly username: string;
  /** `scrypt$N$r$p$salt$key`; undefined until the administrator's first login stores one. */
  readonly passwordHash: string | undefined;
  readonly isSystemAdmin: boolean;
  /** Changes whenever the account's rights or its password change. */
  readonly securityVersion: number;
}
