import type { RegistryType } from '#domain/registries/registry-types';

/** How a registry is logged in to; the secret is kept apart, sealed. */
interface RegistryCredential {
  /** `basic`, `oauth` or `secret`. */
  readonly type: string;
  readonly accessKey: string;
}

/** Whether the registry answered when it was last looked at. */
export type RegistryStatus = 'healthy' | 'unhealthy';

/** What is known of another registry. */
export interface RegistryDescription {
  readonly name: string;
  readonly description: string;
  readonly type: RegistryType;
  /** Scheme, host and path without a slash at its end. */
  readonly url: string;
  /** Undefined for one that is asked without logging in. */
  readonly credential: RegistryCredential | undefined;
  /** Whether any certificate will do; the platform cannot take it, so such a registry is not reached by https. */
  readonly isInsecure: boolean;
  /** PEM, or empty; the platform cannot use it. */
  readonly caCertificate: string;
}

/** Another registry, to replicate with or to be a cache of. */
export interface Registry extends RegistryDescription {
  readonly id: number;
  readonly status: RegistryStatus;
  /** Undefined without one. */
  readonly sealedSecret: string | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What a registry is reached with. */
export interface RegistryConnection extends Pick<RegistryDescription, 'type' | 'url' | 'isInsecure' | 'caCertificate'> {
  readonly login: { readonly accessKey: string; readonly secret: string } | undefined;
}
