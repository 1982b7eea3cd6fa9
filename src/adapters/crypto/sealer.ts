import { Buffer } from 'node:buffer';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const VERSION = 'v1';
/** AES-GCM nonce, in bytes (NIST SP 800-38D §8.2). */
const NONCE_BYTES = 12;

/**
 * Encrypts small secrets at rest: AES-256-GCM under a key derived by HKDF (RFC 5869) from the deployment's secret.
 * A sealed text is `v1.<nonce>.<ciphertext>`, both in base64url, bound to the purpose it was sealed for.
 */
export class Sealer {
  readonly #secretKey: string;
  readonly #purpose: string;

  constructor(deps: { readonly secretKey: string; readonly purpose: string }) {
    this.#secretKey = deps.secretKey;
    this.#purpose = deps.purpose;
  }

  async seal(text: string): Promise<string> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const ciphertext = await crypto.subtle.encrypt(
      this.#algorithm(nonce),
      await this.#derivedKey(),
      encoder.encode(text),
    );
    return [VERSION, toBase64Url(nonce), toBase64Url(new Uint8Array(ciphertext))].join('.');
  }

  /** Undefined when the text was sealed under another secret or for another purpose, or has been altered. */
  async open(sealed: string): Promise<string | undefined> {
    const [version, nonce, ciphertext] = sealed.split('.');
    if (version !== VERSION || !nonce || !ciphertext) return undefined;
    try {
      const key = await this.#derivedKey();
      const algorithm = this.#algorithm(fromBase64Url(nonce));
      return decoder.decode(await crypto.subtle.decrypt(algorithm, key, fromBase64Url(ciphertext)));
    } catch {
      return undefined;
    }
  }

  #algorithm(iv: Uint8Array<ArrayBuffer>) {
    return { name: 'AES-GCM', iv, additionalData: encoder.encode(this.#purpose) };
  }

  async #derivedKey(): Promise<CryptoKey> {
    const secret = await crypto.subtle.importKey('raw', encoder.encode(this.#secretKey), 'HKDF', false, ['deriveKey']);
    const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(this.#purpose) };
    return crypto.subtle.deriveKey(derivation, secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  }
}

function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, 'base64url'));
}
