import { AppError } from '#core/errors';

export interface HttpEndpointRules {
  /** Whose address it is, in words for the error. */
  readonly of: string;
  /** Characters it may have. */
  readonly maxLength: number;
}

/**
 * An address as it is kept (`harbor:src/lib/endpoint.go`): `http://` where no scheme is given, without a slash at its
 * end, without query, fragment or credentials. BAD_REQUEST for one that is neither http nor https.
 */
export function requireHttpEndpoint(text: string, rules: HttpEndpointRules): string {
  const address = text.trim();
  if (/^\/*$/.test(address)) throw invalid(`the URL of ${rules.of} cannot be empty`);
  const url = URL.parse(address.includes('://') ? address : `http://${address}`);
  if (!url || address.length > rules.maxLength || /[\s\\]/.test(address)) {
    throw invalid(`the URL of ${rules.of} is invalid`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalid(`invalid HTTP scheme: ${url.protocol.slice(0, -1)}`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function invalid(message: string): AppError {
  return new AppError('BAD_REQUEST', { message });
}
