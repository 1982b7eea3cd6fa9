import type { ScannerConnection } from '#domain/scanners/scanner';
import type { ScannerMetadata } from '#domain/scanners/scanner-metadata';

/** What came of asking an adapter: what it tells of itself, or why it cannot be used, in words for an administrator. */
export type ScannerLook =
  | { readonly metadata: ScannerMetadata; readonly problem?: undefined }
  | { readonly problem: string; readonly metadata?: undefined };

/** Scanner adapters, as whoever calls sees them. */
export interface ScannerClient {
  /** Never rejects for the adapter's sake; an adapter that has not answered when `signal` aborts does not answer. */
  look(connection: ScannerConnection, signal: AbortSignal): Promise<ScannerLook>;
}
