import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '#core/clock';
import type { SecretBox } from '#domain/configuration/secret-box';
import type { PendingLoginStore } from '#domain/oidc/pending-login-store';

/** How long somebody may take at the provider, or to choose a name, in milliseconds: 10 minutes. */
export const PENDING_TTL_MS = 600_000;
const RANDOM_BYTES = 32;

/** A login that is under way at the provider; known by its `state`. */
const loginSchema = z.object({
  kind: z.literal('login'),
  nonce: z.string(),
  codeVerifier: z.string(),
  /** Where the browser goes at last: a path of this site. */
  redirectUrl: z.string(),
  /** What only the browser knows that began the login. */
  browserKeyHash: z.string(),
});

/** Somebody whom the provider vouches for, and who has no account yet; known by a ticket. */
const onboardingSchema = z.object({
  kind: z.literal('onboarding'),
  identity: z.object({
    subjectIssuer: z.string(),
    username: z.string(),
    email: z.string().optional(),
    realname: z.string().optional(),
    groups: z.array(z.string()),
    isAdministrator: z.boolean(),
  }),
  idToken: z.string(),
  refreshToken: z.string().optional(),
  redirectUrl: z.string(),
});

export type PendingLogin = z.infer<typeof loginSchema>;
export type PendingOnboarding = z.infer<typeof onboardingSchema>;

export interface PendingLoginsDeps {
  readonly store: PendingLoginStore;
  readonly secrets: SecretBox;
  readonly clock: Clock;
}

/** Logins that have begun and not ended, for ten minutes. What names one is kept as a hash, and the rest sealed. */
export class PendingLogins {
  readonly #deps: PendingLoginsDeps;

  constructor(deps: PendingLoginsDeps) {
    this.#deps = deps;
  }

  async put(id: string, pending: PendingLogin | PendingOnboarding): Promise<void> {
    const { store, secrets, clock } = this.#deps;
    await store.put(hashOf(id), await secrets.seal(JSON.stringify(pending)), clock.nowMs() + PENDING_TTL_MS);
  }

  /** A login may come back once. */
  async takeLogin(state: string): Promise<PendingLogin | undefined> {
    const { store, clock } = this.#deps;
    return this.#read(await store.take(hashOf(state), clock.nowMs()), loginSchema);
  }

  /** A ticket stays good while the names somebody tries are taken. */
  async findOnboarding(ticket: string): Promise<PendingOnboarding | undefined> {
    const { store, clock } = this.#deps;
    return this.#read(await store.find(hashOf(ticket), clock.nowMs()), onboardingSchema);
  }

  async remove(id: string): Promise<void> {
    await this.#deps.store.take(hashOf(id), this.#deps.clock.nowMs());
  }

  /** Forgets what nobody came back for; the cron tick calls this. */
  async sweep(): Promise<void> {
    await this.#deps.store.deleteExpired(this.#deps.clock.nowMs());
  }

  async #read<T>(sealed: string | undefined, schema: z.ZodType<T>): Promise<T | undefined> {
    const text = sealed === undefined ? undefined : await this.#deps.secrets.open(sealed);
    return text === undefined ? undefined : schema.safeParse(JSON.parse(text)).data;
  }
}

export function randomText(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url');
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
