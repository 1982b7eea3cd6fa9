import { createHmac, randomBytes } from 'node:crypto';
import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import { hasControlCharacter } from '#core/control-characters';
import type { LoginMethod } from '#domain/access/login-method';
import { requireSecrets } from '#domain/access/missing-secrets';
import { type RobotPrincipal, subjectOf, type UserPrincipal } from '#domain/access/principal';
import type { SubjectService } from '#domain/access/subject-service';
import type { ConfigurationService } from '#domain/configuration/configuration-service';

/** How long a password that was right is taken to be right still; its account is looked at every 10 s meanwhile. */
const REMEMBER_MS = 60_000;
const MAX_REMEMBERED = 10_000;

type KnownPrincipal = UserPrincipal | RobotPrincipal;

export interface LoginServiceDeps {
  /** In the order they are asked. */
  readonly methods: readonly LoginMethod[];
  readonly subjects: SubjectService;
  readonly configuration: ConfigurationService;
  readonly clock: Clock;
  /** Names of the secrets the deployment lacks; with any missing no login is served. */
  readonly missingSecrets: readonly string[];
}

/** Logins by name and password, whatever kind of account the name is. */
export class LoginService {
  readonly #deps: LoginServiceDeps;
  readonly #remembered: BoundedCache<KnownPrincipal>;
  #memoryKey: Uint8Array | undefined;

  constructor(deps: LoginServiceDeps) {
    this.#deps = deps;
    this.#remembered = new BoundedCache({ maxWeight: MAX_REMEMBERED, ttlMs: REMEMBER_MS, clock: deps.clock });
  }

  /** Who that is; undefined when the password is wrong or nobody has that name. Both take the same time. */
  async login(username: string, password: string, sourceAddress?: string): Promise<KnownPrincipal | undefined> {
    requireSecrets(this.#deps.missingSecrets);
    if (hasControlCharacter(username) || hasControlCharacter(password)) return undefined;
    const key = await this.#memoryKeyOf(username, password);
    const remembered = this.#remembered.get(key);
    if (remembered && (await this.#isCurrent(remembered))) return remembered;
    this.#remembered.delete(key);
    const attempt = {
      username,
      password,
      actor: { username, sourceAddress },
      // Clients open many connections at once and log in on each: the first to be right answers for those behind it.
      foundMeanwhile: () => this.#remembered.get(key),
    };
    for (const method of this.#deps.methods) {
      const outcome = await method.attempt(attempt);
      if (outcome === 'not-mine') continue;
      if (outcome === 'refused') return undefined;
      this.#remembered.put(key, outcome);
      return outcome;
    }
    return undefined;
  }

  async #isCurrent(principal: KnownPrincipal): Promise<boolean> {
    const isOver = principal.kind === 'robot' && (principal.expiresAtMs ?? Infinity) <= this.#deps.clock.nowMs();
    const subject = subjectOf(principal);
    return !isOver && subject !== undefined && this.#deps.subjects.isCurrent(subject);
  }

  /**
   * Passwords are remembered only as an HMAC under a key that never leaves the isolate. What decides whose name it is
   * goes in too: a login remembered under another robot prefix, or another way of logging in, is not found again.
   */
  async #memoryKeyOf(username: string, password: string): Promise<string> {
    const { auth_mode: mode, robot_name_prefix: prefix } = await this.#deps.configuration.current();
    this.#memoryKey ??= randomBytes(32);
    return createHmac('sha256', this.#memoryKey)
      .update(JSON.stringify([mode, prefix, username, password]))
      .digest('base64');
  }
}
