import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const SALT_BYTES = 16;
/** 32 characters of base64url: 192 bits. */
const SECRET_BYTES = 24;

/** A secret that nobody guesses, with the letters and digits the rule for secrets asks for. */
export function newSecret(): string {
  return `${randomBytes(SECRET_BYTES).toString('base64url')}Aa1`;
}

/**
 * What is stored of a secret: `sha256$<salt>$<hash>`. One fast hash is enough for a secret of 192 bits; one that somebody
 * chose follows the rule for passwords and is as good as they made it, as in Harbor.
 */
export function hashSecret(secret: string): string {
  const salt = randomBytes(SALT_BYTES).toString('base64url');
  return `sha256$${salt}$${digest(salt, secret).toString('base64url')}`;
}

/** Compares in constant time. */
export function isSecret(secret: string, stored: string): boolean {
  const [algorithm, salt, hash] = stored.split('$');
  if (algorithm !== 'sha256' || !salt || !hash) return false;
  const expected = Buffer.from(hash, 'base64url');
  const actual = digest(salt, secret);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function digest(salt: string, secret: string): Buffer {
  return createHash('sha256').update(salt).update('\0').update(secret).digest();
}
