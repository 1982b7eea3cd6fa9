/** How an adapter wants to be asked, in Harbor's words; empty for one that lets everybody ask. */
export type ScannerAuth = '' | 'Basic' | 'Bearer' | 'APIKey';

/** What is known of a scanner adapter. */
export interface ScannerDescription {
  readonly name: string;
  readonly description: string;
  /** Scheme, host and path without a slash at its end. */
  readonly url: string;
  readonly auth: ScannerAuth;
  readonly isDisabled: boolean;
  /** Whether any certificate will do; the platform cannot take it, so such an adapter is not reached by https. */
  readonly skipsCertificateCheck: boolean;
  /** Whether the adapter pulls from an address inside the deployment; here there is one address alone. */
  readonly usesInternalAddress: boolean;
}

/** A scanner adapter that may be asked what is in artifacts. */
export interface Scanner extends ScannerDescription {
  readonly uuid: string;
  /** Whether it serves the projects that have chosen none. */
  readonly isDefault: boolean;
  /** Undefined without one. */
  readonly sealedCredential: string | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What an adapter is reached with. */
export interface ScannerConnection extends Pick<ScannerDescription, 'url' | 'auth' | 'skipsCertificateCheck'> {
  /** `name:password`, a token or a key, as `auth` says; empty without `auth`. */
  readonly credential: string;
}
