import { AppError } from '#core/errors';
import { isRegistryType, type RegistryType } from '#domain/registries/registry-types';

const MAX_NAME_LENGTH = 64;
const MAX_URL_LENGTH = 256;
/** A service account's key file fits. */
const MAX_SECRET_LENGTH = 4_096;
const MAX_TEXT_LENGTH = 1_024;
const MAX_CERTIFICATE_LENGTH = 64 * 1024;

export function requireRegistryName(name: string): string {
  if (name === '') throw invalid('name cannot be empty');
  if (name.length > MAX_NAME_LENGTH) throw invalid(`the max length of name is ${MAX_NAME_LENGTH}`);
  return name;
}

export function requireRegistryType(type: string): RegistryType {
  if (isRegistryType(type)) return type;
  throw invalid(`there is no adapter for registries of the type ${type.slice(0, MAX_NAME_LENGTH)}`);
}

/**
 * The address as it is kept (`harbor:src/lib/endpoint.go`): `http://` where no scheme is given, without a slash at its
 * end, without query, fragment or credentials.
 */
export function requireRegistryUrl(text: string): string {
  const address = text.trim();
  if (/^\/*$/.test(address)) throw invalid('the URL of the registry cannot be empty');
  const url = URL.parse(address.includes('://') ? address : `http://${address}`);
  if (!url || address.length > MAX_URL_LENGTH || /[\s\\]/.test(address))
    throw invalid('the URL of the registry is invalid');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalid(`invalid HTTP scheme: ${url.protocol.slice(0, -1)}`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** Refuses what is too long to be kept, naming the field and never its value. */
export function requireBounded(texts: {
  readonly description: string;
  readonly accessKey: string;
  readonly secret: string;
  readonly caCertificate: string;
}): void {
  const { description, accessKey, secret, caCertificate } = texts;
  if (description.length > MAX_TEXT_LENGTH) throw invalid(`the max length of description is ${MAX_TEXT_LENGTH}`);
  if (accessKey.length > MAX_TEXT_LENGTH) throw invalid(`the max length of access_key is ${MAX_TEXT_LENGTH}`);
  if (secret.length > MAX_SECRET_LENGTH) throw invalid(`the max length of access_secret is ${MAX_SECRET_LENGTH}`);
  if (caCertificate !== '' && !isPem(caCertificate)) throw invalid('the CA certificate is no PEM certificate');
}

function isPem(text: string): boolean {
  if (text.length > MAX_CERTIFICATE_LENGTH) return false;
  return /^\s*(?:-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/.test(text);
}

function invalid(message: string): AppError {
  return new AppError('BAD_REQUEST', { message });
}
