import { hasControlCharacter } from '#core/control-characters';
import { AppError } from '#core/errors';
import { requireHttpEndpoint } from '#core/http-endpoint';
import type { ScannerAuth } from '#domain/scanners/scanner';

// Lengths are those of Harbor's columns (`harbor:src/pkg/scan/dao/scanner/model.go`).
const MAX_NAME_LENGTH = 128;
const MAX_DESCRIPTION_LENGTH = 1_024;
const MAX_URL_LENGTH = 512;
/** Longer than Harbor's 512, as tokens have become longer. */
const MAX_CREDENTIAL_LENGTH = 4_096;

const AUTHS: readonly string[] = ['', 'Basic', 'Bearer', 'APIKey'] satisfies ScannerAuth[];

export function requireScannerName(name: string): string {
  if (name === '') throw invalid('missing registration name');
  if (name.length > MAX_NAME_LENGTH) throw invalid(`the max length of name is ${MAX_NAME_LENGTH}`);
  if (hasControlCharacter(name)) throw invalid('name holds a control character');
  return name;
}

export function requireScannerDescription(description: string): string {
  if (description.length <= MAX_DESCRIPTION_LENGTH) return description;
  throw invalid(`the max length of description is ${MAX_DESCRIPTION_LENGTH}`);
}

export function requireScannerUrl(text: string): string {
  return requireHttpEndpoint(text, { of: 'the scanner', maxLength: MAX_URL_LENGTH });
}

export function requireScannerAuth(text: string): ScannerAuth {
  if (AUTHS.includes(text)) return text as ScannerAuth;
  throw invalid(`auth type ${text.slice(0, MAX_NAME_LENGTH)} is not supported`);
}

/** The credential that goes with `auth`: none without it. Refuses one that no header can carry, never repeating it. */
export function requireScannerCredential(auth: ScannerAuth, credential: string): string {
  if (auth === '') return '';
  if (credential === '') throw invalid(`access_credential is required for auth type ${auth}`);
  if (credential.length > MAX_CREDENTIAL_LENGTH) {
    throw invalid(`the max length of access_credential is ${MAX_CREDENTIAL_LENGTH}`);
  }
  const isSendable =
    auth === 'Basic' ? !hasControlCharacter(credential) : /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(credential);
  if (!isSendable) throw invalid('access_credential holds characters that cannot be sent');
  return credential;
}

function invalid(message: string): AppError {
  return new AppError('BAD_REQUEST', { message });
}
