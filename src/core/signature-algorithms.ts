/**
 * Signatures by a private key (RFC 7518 §3.1, RFC 8037, RFC 9864). `none` and the HMACs are not among them: a shared secret
 * proves nothing of who issued a token.
 */
export const SIGNATURE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
