import { createHash, randomBytes } from 'node:crypto';
import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import { toPrincipal } from '#domain/access/password-login';
import type { UserPrincipal } from '#domain/access/principal';
import type { Actor } from '#domain/audit/audit';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import { type Mutation, newMutation } from '#domain/events/mutation';
import type { Session, SessionStore } from '#domain/sessions/session-store';
import type { User } from '#domain/users/user';
import type { UserService } from '#domain/users/user-service';

/** 256 bits. */
const ID_BYTES = 32;
const ID = /^[A-Za-z0-9_-]{43}$/;
/** How old a remembered session may be: a logout elsewhere acts within this time. */
const FACTS_TTL_MS = 10_000;
const MAX_REMEMBERED_SESSIONS = 10_000;
/** A session in use is written at most this often, in milliseconds. */
const RENEW_EVERY_MS = 60_000;
/** Longest life of a session from its login, however it is used: 7 days. Whom a directory removed is out by then. */
const MAX_LIFE_MS = 7 * 24 * 3_600_000;

export interface SessionServiceDeps {
  readonly sessions: SessionStore;
  readonly users: UserService;
  readonly configuration: ConfigurationService;
  readonly clock: Clock;
}

/** Sessions of browsers. The cookie is the only copy of its value; the database knows its hash. */
export class SessionService {
  readonly #deps: SessionServiceDeps;
  readonly #recent: BoundedCache<Session>;

  constructor(deps: SessionServiceDeps) {
    this.#deps = deps;
    this.#recent = new BoundedCache({ maxWeight: MAX_REMEMBERED_SESSIONS, ttlMs: FACTS_TTL_MS, clock: deps.clock });
  }

  /** Opens a session; answers the cookie's value. `sealedIdToken` is the OIDC provider's. */
  async open(user: User, actor: Actor, sealedIdToken?: string): Promise<string> {
    const id = randomBytes(ID_BYTES).toString('base64url');
    const nowMs = this.#deps.clock.nowMs();
    const session = {
      userId: user.id,
      userVersion: user.securityVersion,
      sealedIdToken,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + (await this.#timeoutMs()),
    };
    await this.#deps.sessions.insert(hashOf(id), session, this.#mutation('login', actor));
    return id;
  }

  /** Whose session it is; using it makes it last longer unless `isPolling`. Undefined when it is over. */
  async resolve(id: string, { isPolling = false } = {}): Promise<UserPrincipal | undefined> {
    const session = await this.find(id);
    if (!session) return undefined;
    if ((await this.#deps.users.versionOf(session.userId)) !== session.userVersion) return undefined;
    const user = await this.#deps.users.recallById(session.userId);
    if (!user) return undefined;
    if (!isPolling) await this.#renew(id, session);
    return toPrincipal(user, 'session');
  }

  /** The session as it stood at most 10 s ago. */
  async find(id: string): Promise<Session | undefined> {
    if (!ID.test(id)) return undefined;
    const hash = hashOf(id);
    const session = this.#recent.get(hash) ?? (await this.#read(hash));
    return session && endOf(session) > this.#deps.clock.nowMs() ? session : undefined;
  }

  /** Ends a session; text that is none is ignored. */
  async close(id: string, actor: Actor): Promise<void> {
    if (!ID.test(id)) return;
    await this.#deps.sessions.delete(hashOf(id), this.#mutation('logout', actor));
    this.#recent.delete(hashOf(id));
  }

  /** Forgets what is over; the cron tick calls this. */
  async sweep(): Promise<void> {
    await this.#deps.sessions.deleteExpired(this.#deps.clock.nowMs());
  }

  async #read(hash: string): Promise<Session | undefined> {
    const session = await this.#deps.sessions.find(hash);
    if (session) this.#recent.put(hash, session);
    return session;
  }

  async #renew(id: string, session: Session): Promise<void> {
    const timeoutMs = await this.#timeoutMs();
    const expiresAtMs = endOf({ ...session, expiresAtMs: this.#deps.clock.nowMs() + timeoutMs });
    if (expiresAtMs - session.expiresAtMs < Math.min(RENEW_EVERY_MS, timeoutMs / 2)) return;
    await this.#deps.sessions.extend(hashOf(id), expiresAtMs);
    // Read again at its next use: it may have ended elsewhere.
    this.#recent.delete(hashOf(id));
  }

  #mutation(operation: 'login' | 'logout', actor: Actor): Mutation {
    const audit = {
      projectId: undefined,
      operation,
      resourceType: 'user',
      resource: actor.username,
      description: operation,
    };
    return newMutation(audit, actor, this.#deps.clock);
  }

  async #timeoutMs(): Promise<number> {
    const { session_timeout: minutes } = await this.#deps.configuration.current();
    return Math.min(minutes * 60_000, MAX_LIFE_MS);
  }
}

/** When it ends, unless its use makes it last longer. */
function endOf({ createdAtMs, expiresAtMs }: Pick<Session, 'createdAtMs' | 'expiresAtMs'>): number {
  return Math.min(expiresAtMs, createdAtMs + MAX_LIFE_MS);
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
