import type { Scanner, ScannerAuth } from '#domain/scanners/scanner';

export interface ScannerRow {
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly auth: ScannerAuth;
  readonly sealed_credential: string | null;
  readonly is_disabled: number;
  readonly is_default: number;
  readonly skips_certificate_check: number;
  readonly uses_internal_address: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

/** Scanners; a `where` follows. */
export const SELECT_SCANNER = `select uuid, name, description, url, auth, sealed_credential, is_disabled, is_default,
  skips_certificate_check, uses_internal_address, created_at_ms, updated_at_ms from scanner_registrations`;

export function toScanner(row: ScannerRow): Scanner {
  return {
    uuid: row.uuid,
    name: row.name,
    description: row.description,
    url: row.url,
    auth: row.auth,
    sealedCredential: row.sealed_credential ?? undefined,
    isDisabled: row.is_disabled === 1,
    isDefault: row.is_default === 1,
    skipsCertificateCheck: row.skips_certificate_check === 1,
    usesInternalAddress: row.uses_internal_address === 1,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
