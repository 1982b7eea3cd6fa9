import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { PasswordHasher } from '#domain/access/password-hasher';
import type { UserPrincipal } from '#domain/access/principal';
import type { User } from '#domain/users/user';
import type { UserService } from '#domain/users/user-service';

/** How long a password that was right is taken to be right still; its account is looked at every 10 s meanwhile. */
const REMEMBER_MS = 60_000;
const MAX_REMEMBERED = 10_000;

/** The account the first migration makes; its first password is the deployment's secret. */
const FIRST_ADMINISTRATOR = 'admin';

export interface LoginServiceDeps {
  readonly users: UserService;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  /** The deployment's password for the first login of `admin`. */
  readonly adminPassword: string | undefined;
  /** Names of the secrets the deployment lacks; with any missing no login is served. */
  readonly missingSecrets: readonly string[];
}

/** Logins by user name and password. */
export class LoginService {
  readonly #deps: LoginServiceDeps;
  readonly #remembered: BoundedCache<Pick<User, 'id' | 'securityVersion'>>;
  #memoryKey: Uint8Array | undefined;

  constructor(deps: LoginServiceDeps) {
    this.#deps = deps;
    this.#remembered = new BoundedCache({ maxWeight: MAX_REMEMBERED, ttlMs: REMEMBER_MS, clock: deps.clock });
  }

  /** Who that is; undefined when the password is wrong or nobody has that name. Both take the same time. */
  async login(username: string, password: string): Promise<UserPrincipal | undefined> {
    requireSecrets(this.#deps.missingSecrets);
    const key = this.#memoryKeyOf(username, password);
    const remembered = this.#remembered.get(key);
    if (remembered) {
      const user = await this.#deps.users.recall(username);
      if (user && isSameAccount(remembered, user)) return toPrincipal(user);
      this.#remembered.delete(key);
    }
    const user = await this.#deps.users.find(username);
    if (!(await this.#isPassword(user, password, key)) || !user) return undefined;
    this.#remembered.put(key, { id: user.id, securityVersion: user.securityVersion });
    return toPrincipal(user);
  }

  async #isPassword(user: User | undefined, password: string, key: string): Promise<boolean> {
    if (user && user.username === FIRST_ADMINISTRATOR && user.passwordHash === undefined) {
      return this.#isFirstPassword(user, password);
    }
    // Clients open many connections at once and log in on each: the first to be right answers for those behind it.
    const isKnownToBeRight = () => user !== undefined && isSameAccount(this.#remembered.get(key), user);
    const verdict = await this.#deps.hasher.verify(password, user?.passwordHash, isKnownToBeRight);
    if (user && verdict === 'right-but-outdated') await this.#storeHash(user, password);
    return user !== undefined && verdict !== 'wrong';
  }

  async #isFirstPassword(user: User, password: string): Promise<boolean> {
    if (!isSameText(password, this.#deps.adminPassword ?? '')) {
      await this.#deps.hasher.verify(password, undefined);
      return false;
    }
    await this.#storeHash(user, password);
    return true;
  }

  async #storeHash(user: User, password: string): Promise<void> {
    await this.#deps.users.storePasswordHash(user, await this.#deps.hasher.hash(password));
  }

  /** Passwords are remembered only as an HMAC under a key that never leaves the isolate. */
  #memoryKeyOf(username: string, password: string): string {
    this.#memoryKey ??= randomBytes(32);
    return createHmac('sha256', this.#memoryKey)
      .update(JSON.stringify([username, password]))
      .digest('base64');
  }
}

/** Throws LOGIN_DISABLED, naming what the deployment lacks. */
export function requireSecrets(missing: readonly string[]): void {
  if (missing.length === 0) return;
  throw new AppError('LOGIN_DISABLED', { message: loginsDisabledMessage(missing) });
}

export function loginsDisabledMessage(missing: readonly string[]): string {
  return `logins are disabled: the deployment has no secret ${missing.join(' and no secret ')}`;
}

/** Compares in a time that tells nothing about either text. */
function isSameText(a: string, b: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Whether what is remembered was found out about this account as it stands. */
function isSameAccount(remembered: Pick<User, 'id' | 'securityVersion'> | undefined, user: User): boolean {
  return remembered?.id === user.id && remembered.securityVersion === user.securityVersion;
}

function toPrincipal(user: User): UserPrincipal {
  return {
    kind: 'user',
    userId: user.id,
    username: user.username,
    isSystemAdmin: user.isSystemAdmin,
    securityVersion: user.securityVersion,
  };
}
