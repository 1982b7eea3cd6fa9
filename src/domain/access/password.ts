/** Cost of one scrypt (RFC 7914 §2). */
export interface ScryptParameters {
  /** N, a power of two; memory is 128 · N · r bytes. */
  readonly cost: number;
  /** r */
  readonly blockSize: number;
  /** p */
  readonly parallelization: number;
}

export interface PasswordHash {
  readonly parameters: ScryptParameters;
  readonly salt: Uint8Array;
  readonly key: Uint8Array;
}

/** About 200 ms and 32 MiB. */
export const CURRENT_PARAMETERS: ScryptParameters = { cost: 2 ** 15, blockSize: 8, parallelization: 3 };

/** Most memory a stored hash may make the isolate spend, in bytes. */
const MAX_MEMORY_BYTES = 64 * 2 ** 20;
const HASH = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]{16,128})\$([A-Za-z0-9_-]{32,128})$/;

/** `scrypt$N$r$p$salt$key`, salt and key in base64url. */
export function formatPasswordHash({ parameters, salt, key }: PasswordHash): string {
  const { cost, blockSize, parallelization } = parameters;
  return ['scrypt', cost, blockSize, parallelization, toBase64Url(salt), toBase64Url(key)].join('$');
}

/** Undefined for text of another form, and for parameters no password here was ever hashed with. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const [, cost, blockSize, parallelization, salt, key] = HASH.exec(text) ?? [];
  if (!salt || !key) return undefined;
  const parameters = {
    cost: Number(cost),
    blockSize: Number(blockSize),
    parallelization: Number(parallelization),
  };
  return isUsable(parameters) ? { parameters, salt: fromBase64Url(salt), key: fromBase64Url(key) } : undefined;
}

/** Whether the password should be hashed again at its next use, with the parameters that are wanted now. */
export function isOutdated({ parameters }: PasswordHash, wanted: ScryptParameters): boolean {
  return (
    parameters.cost !== wanted.cost ||
    parameters.blockSize !== wanted.blockSize ||
    parameters.parallelization !== wanted.parallelization
  );
}

function isUsable({ cost, blockSize, parallelization }: ScryptParameters): boolean {
  const isPowerOfTwo = cost > 1 && Number.isInteger(Math.log2(cost));
  return isPowerOfTwo && blockSize > 0 && parallelization > 0 && 128 * cost * blockSize <= MAX_MEMORY_BYTES;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
