import type { SigningKey } from '#domain/access/signing-key';

/** Making and checking signatures of registry tokens. */
export interface TokenCrypto {
  createKey(nowMs: number): Promise<SigningKey>;

  /** A signed compact JWT; undefined when the deployment's secret does not open the key's private half. */
  sign(key: SigningKey, claims: Readonly<Record<string, unknown>>): Promise<string | undefined>;

  /** The key id a token names, unverified. */
  keyIdOf(token: string): string | undefined;

  /** The claims of a token whose signature, audience, issuer and times hold; undefined otherwise. */
  verify(key: SigningKey, token: string, nowMs: number): Promise<unknown>;
}
