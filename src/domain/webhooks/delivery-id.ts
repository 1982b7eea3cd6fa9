import { createHash } from 'node:crypto';

/**
 * The id of a delivery, from what it is a delivery of: a UUID version 8 (RFC 9562 §5.8). Whoever makes it again, after
 * everything about it is forgotten here, makes the same.
 */
export function deliveryIdOf(launchKey: string): string {
  const hash = createHash('sha256').update(launchKey).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
