import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import type { User } from '#domain/users/user';
import type { UserStore } from '#domain/users/user-store';

/** How old a remembered account may be: disabling it or changing its password acts within this time. */
const FACTS_TTL_MS = 10_000;
const MAX_REMEMBERED_USERS = 10_000;

export interface UserServiceDeps {
  readonly users: UserStore;
  readonly clock: Clock;
}

/** Local accounts. */
export class UserService {
  readonly #deps: UserServiceDeps;
  readonly #recent: BoundedCache<User>;

  constructor(deps: UserServiceDeps) {
    this.#deps = deps;
    this.#recent = new BoundedCache({ maxWeight: MAX_REMEMBERED_USERS, ttlMs: FACTS_TTL_MS, clock: deps.clock });
  }

  /** The account as it stands. */
  async find(username: string): Promise<User | undefined> {
    const user = await this.#deps.users.findByUsername(username);
    if (user) this.#recent.put(username, user);
    else this.#recent.delete(username);
    return user;
  }

  /** The account as it stood at most 10 s ago. */
  async recall(username: string): Promise<User | undefined> {
    return this.#recent.get(username) ?? this.find(username);
  }

  /** Stores a new hash of the password the account already has. */
  async storePasswordHash(user: User, hash: string): Promise<void> {
    await this.#deps.users.replacePasswordHash(user.id, user.passwordHash, hash, this.#deps.clock.nowMs());
    this.#recent.delete(user.username);
  }
}
