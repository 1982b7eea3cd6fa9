import { parseMetadata } from '#adapters/scanner/metadata-schema';
import { basicAuthorization } from '#core/basic-credentials';
import { readBoundedText } from '#core/bounded-text';
import type { ScannerConnection } from '#domain/scanners/scanner';
import type { ScannerClient, ScannerLook } from '#domain/scanners/scanner-client';
import { findUnfit } from '#domain/scanners/scanner-metadata';

/** Longest answer that is read, in bytes. */
const MAX_METADATA_BYTES = 2 ** 20;
const METADATA_TYPE = 'application/vnd.scanner.adapter.metadata+json; version=1.0';

export interface HttpScannerClientDeps {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

/** Asks adapters over the pluggable scanner API. Redirects are not followed: a credential goes where it belongs. */
export class HttpScannerClient implements ScannerClient {
  readonly #fetch: HttpScannerClientDeps['fetch'];

  constructor(deps: HttpScannerClientDeps) {
    this.#fetch = deps.fetch;
  }

  async look(connection: ScannerConnection, signal: AbortSignal): Promise<ScannerLook> {
    const response = await this.#ask(connection, signal);
    if (!response) return { problem: unreachable(connection) };
    if (response.status !== 200) {
      await response.body?.cancel().catch(() => undefined);
      return { problem: refusal(response.status) };
    }
    const text = await readBoundedText(response.body, MAX_METADATA_BYTES).catch(() => undefined);
    const metadata = text === undefined ? undefined : parseMetadata(text);
    if (!metadata) return { problem: 'it does not answer with the metadata of a scanner' };
    const problem = findUnfit(metadata);
    return problem === undefined ? { metadata } : { problem };
  }

  /** Undefined when nobody answers. */
  async #ask(connection: ScannerConnection, signal: AbortSignal): Promise<Response | undefined> {
    const headers = { accept: METADATA_TYPE, ...credentialHeaders(connection) };
    try {
      return await this.#fetch.call(undefined, `${connection.url}/api/v1/metadata`, {
        headers,
        redirect: 'manual',
        // What a cache on the way remembers may be older than we promise.
        cache: 'no-store',
        signal,
      });
    } catch {
      return undefined;
    }
  }
}

function credentialHeaders({ auth, credential }: ScannerConnection): Readonly<Record<string, string>> {
  switch (auth) {
    case '':
      return {};
    case 'Basic':
      return { authorization: basicAuthorization(credential) };
    case 'Bearer':
      return { authorization: `Bearer ${credential}` };
    case 'APIKey':
      return { 'x-scanneradapter-api-key': credential };
  }
}

function unreachable({ url, skipsCertificateCheck }: ScannerConnection): string {
  const hint = '; certificates are always checked here, and skip_certVerify cannot change that';
  return `it cannot be reached${skipsCertificateCheck && url.startsWith('https:') ? hint : ''}`;
}

function refusal(status: number): string {
  return status === 401 || status === 403 ? 'it refuses the credential' : `it answers ${status}`;
}
