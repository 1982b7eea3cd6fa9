import { createHash } from 'node:crypto';

/** Algorithms a digest may name, with the length of their hex encoding (OCI image-spec, descriptor.md §Digests). */
const DIGEST_ALGORITHMS = { sha256: 64, sha512: 128 } as const;

export type DigestAlgorithm = keyof typeof DIGEST_ALGORITHMS;

/** A verified `<algorithm>:<hex>` string; made only by {@link parseDigest} and the functions below. */
export type Digest = string & { readonly __brand: 'Digest' };

export function isDigestAlgorithm(text: string): text is DigestAlgorithm {
  return Object.hasOwn(DIGEST_ALGORITHMS, text);
}

/** The digest that `text` spells, or undefined when its algorithm is unknown or its encoding malformed. */
export function parseDigest(text: string): Digest | undefined {
  const colon = text.indexOf(':');
  const algorithm = text.slice(0, colon);
  if (colon < 0 || !isDigestAlgorithm(algorithm)) return undefined;
  const hex = text.slice(colon + 1);
  return hex.length === DIGEST_ALGORITHMS[algorithm] && /^[0-9a-f]+$/.test(hex) ? (text as Digest) : undefined;
}

export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.slice(0, digest.indexOf(':')) as DigestAlgorithm;
}

export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

export function digestFromHex(algorithm: DigestAlgorithm, hex: string): Digest {
  return `${algorithm}:${hex}` as Digest;
}

/** The digest of bytes already in memory. */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return digestFromHex(algorithm, createHash(algorithm).update(bytes).digest('hex'));
}
