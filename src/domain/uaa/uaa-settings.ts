/** How to ask a Cloud Foundry UAA (Harbor's `uaa_*` settings). */
export interface UaaSettings {
  /** `uaa_endpoint`, the address of the UAA's root. */
  readonly endpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `uaa_verify_cert`. Certificates are verified in any case; false only changes what an outage is told as. */
  readonly verifiesCertificate: boolean;
}
