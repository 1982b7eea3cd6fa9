import { hasControlCharacter } from '#core/control-characters';
import { AppError } from '#core/errors';
import { requireHttpEndpoint } from '#core/http-endpoint';
import { isPemCertificates } from '#core/pem';
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
  if (hasControlCharacter(name)) throw invalid('name holds a control character');
  return name;
}

export function requireRegistryType(type: string): RegistryType {
  if (isRegistryType(type)) return type;
  throw invalid(`there is no adapter for registries of the type ${type.slice(0, MAX_NAME_LENGTH)}`);
}

export function requireRegistryUrl(text: string): string {
  return requireHttpEndpoint(text, { of: 'the registry', maxLength: MAX_URL_LENGTH });
}

/**
 * Refuses what is too long to be kept, and a name that Basic authentication cannot carry (RFC 7617 §2), naming the field and
 * never its value. A secret may be a key file, which has lines.
 */
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
  if (accessKey.includes(':') || hasControlCharacter(accessKey)) {
    throw invalid('access_key holds characters that cannot be sent');
  }
  if (caCertificate !== '' && !isCertificate(caCertificate)) throw invalid('the CA certificate is no PEM certificate');
}

function isCertificate(text: string): boolean {
  return text.length <= MAX_CERTIFICATE_LENGTH && isPemCertificates(text);
}

function invalid(message: string): AppError {
  return new AppError('BAD_REQUEST', { message });
}
