import type { SigningKey } from '#domain/access/signing-key';

/** Rows of signing keys. */
export interface SigningKeyStore {
  /** Keys in use, and those retired after `retiredAfterMs`; the newest first. */
  list(retiredAfterMs: number): Promise<readonly SigningKey[]>;

  /** Stores a key unless another one is in use already: of two isolates that race, one wins. */
  insertIfNoneInUse(key: SigningKey): Promise<void>;

  /** Retires the key `kid` and puts `next` in its place; nothing happens when somebody else did so before. */
  replace(kid: string, next: SigningKey): Promise<void>;
}
