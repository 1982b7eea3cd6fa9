import { createHmac, timingSafeEqual } from 'node:crypto';
import type { LoginAttempt, LoginMethod, LoginOutcome } from '#domain/access/login-method';
import type { PasswordAuthenticator } from '#domain/access/password-authenticator';
import type { PasswordHasher } from '#domain/access/password-hasher';
import type { RobotPrincipal, UserPrincipal } from '#domain/access/principal';
import type { AuthMode } from '#domain/configuration/catalog';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import { isAdministrator, type User } from '#domain/users/user';
import type { UserService } from '#domain/users/user-service';

/** The account the first migration makes; its first password is the deployment's secret. */
const FIRST_ADMINISTRATOR = 'admin';

export interface PasswordLoginDeps {
  readonly users: UserService;
  readonly hasher: PasswordHasher;
  readonly configuration: ConfigurationService;
  /** The directories that check passwords in the other modes. */
  readonly directories: Partial<Readonly<Record<AuthMode, PasswordAuthenticator>>>;
  /** The deployment's password for the first login of `admin`. */
  readonly adminPassword: string | undefined;
}

/** Accounts of people: checked here in `db_auth`, by a directory in other modes; `admin` always here. */
export class PasswordLogin implements LoginMethod {
  readonly #deps: PasswordLoginDeps;

  constructor(deps: PasswordLoginDeps) {
    this.#deps = deps;
  }

  async attempt(attempt: LoginAttempt): Promise<LoginOutcome> {
    const { auth_mode: mode } = await this.#deps.configuration.current();
    const directory = this.#deps.directories[mode];
    if (directory && attempt.username !== FIRST_ADMINISTRATOR) return this.#askDirectory(mode, directory, attempt);
    const user = await this.#deps.users.find(attempt.username);
    return (await this.#isPassword(user, attempt)) && user ? toPrincipal(user, 'password') : 'refused';
  }

  async #askDirectory(
    mode: AuthMode,
    directory: PasswordAuthenticator,
    { username, password, actor }: LoginAttempt,
  ): Promise<LoginOutcome> {
    const identity = password === '' ? undefined : await directory.authenticate(username, password);
    const user = identity && (await this.#deps.users.onboard(identity, mode, actor));
    return user ? toPrincipal(user, 'password') : 'refused';
  }

  async #isPassword(user: User | undefined, { password, foundMeanwhile }: LoginAttempt): Promise<boolean> {
    const { hasher } = this.#deps;
    if (user && user.username === FIRST_ADMINISTRATOR && user.passwordHash === undefined) {
      return this.#isFirstPassword(user, password);
    }
    const isKnownToBeRight = () => user !== undefined && isAccount(foundMeanwhile(), user);
    const verdict = await hasher.verify(password, user?.passwordHash, isKnownToBeRight);
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
}

/** Whether what was found is about this account as it stands. */
function isAccount(found: UserPrincipal | RobotPrincipal | undefined, user: User): boolean {
  return found?.kind === 'user' && found.userId === user.id && found.securityVersion === user.securityVersion;
}

/** The caller an account makes. */
export function toPrincipal(user: User, provenBy: UserPrincipal['provenBy']): UserPrincipal {
  return {
    kind: 'user',
    userId: user.id,
    username: user.username,
    isSystemAdmin: isAdministrator(user),
    securityVersion: user.securityVersion,
    provenBy,
  };
}

/** Compares in a time that tells nothing about either text. */
function isSameText(a: string, b: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
