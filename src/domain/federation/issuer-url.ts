import { isLoopback, isNetworkAddress, isPrivateName } from '#core/private-host';

/** Longest address of an issuer, or of its keys, in characters. */
const MAX_LENGTH = 512;

export interface IssuerUrlOptions {
  /** Whether `http://127.0.0.1`, `http://[::1]` and `http://localhost` will do: for one machine and for tests. */
  readonly isLoopbackAllowed: boolean;
}

/**
 * Why an address may not be asked for an issuer's documents; undefined when it may. Addresses that are numbers are
 * refused altogether, private or not: an issuer has a name. What a name resolves to cannot be seen on the platform.
 */
export function issuerUrlProblem(text: string, { isLoopbackAllowed }: IssuerUrlOptions): string | undefined {
  if (text.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  const url = URL.parse(text);
  if (!url || /\s/.test(text)) return 'is not a URL';
  if (url.username !== '' || url.password !== '') return 'has credentials';
  if (text.includes('?') || text.includes('#')) return 'has a query or a fragment';
  if (isLoopbackAllowed && url.protocol === 'http:' && isLoopback(url.hostname)) return undefined;
  if (url.protocol !== 'https:') return 'is not an https:// address';
  return hostProblem(url.hostname);
}

/** Where an issuer publishes its configuration (OpenID Connect Discovery 1.0 §4). */
export function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/** `hostname` is as the URL parser leaves it: lower case, IPv4 in its dotted form however it was written. */
function hostProblem(hostname: string): string | undefined {
  if (isNetworkAddress(hostname)) return 'names a network address instead of a host';
  if (isPrivateName(hostname.replace(/\.$/, ''))) return 'names a private host';
  return undefined;
}
