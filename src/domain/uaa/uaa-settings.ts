import type { Configuration } from '#domain/configuration/catalog';

/** How to ask a Cloud Foundry UAA (Harbor's `uaa_*` settings). */
export interface UaaSettings {
  /** `uaa_endpoint`, the address of the UAA's root. */
  readonly endpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `uaa_verify_cert`. Certificates are verified in any case; false only changes what an outage is told as. */
  readonly verifiesCertificate: boolean;
}

export function toUaaSettings(configuration: Configuration): UaaSettings {
  return {
    endpoint: configuration.uaa_endpoint,
    clientId: configuration.uaa_client_id,
    clientSecret: configuration.uaa_client_secret,
    verifiesCertificate: configuration.uaa_verify_cert,
  };
}
