import type { Configuration } from '#domain/configuration/catalog';

/** How to ask an authenticating proxy (Harbor's `http_authproxy_*` settings). */
export interface AuthProxySettings {
  /** Takes name and password as Basic credentials and answers with a session. */
  readonly endpoint: string;
  /** Tells whose session it is, as the Kubernetes TokenReview API does. */
  readonly tokenReviewEndpoint: string;
  /** Comma separated; who belongs to one is a system administrator. */
  readonly adminGroups: string;
  /** Comma separated. */
  readonly adminUsernames: string;
  /** `http_authproxy_skip_search`: whether every name is taken for one that the proxy knows. */
  readonly knowsEveryName: boolean;
  /** Certificates are verified in any case; false only changes what an outage is told as. */
  readonly verifiesCertificate: boolean;
  /** A certificate authority of the proxy's own, PEM; it cannot be honoured, so logins are refused while it is set. */
  readonly serverCertificate: string;
}

export function toAuthProxySettings(configuration: Configuration): AuthProxySettings {
  return {
    endpoint: configuration.http_authproxy_endpoint,
    tokenReviewEndpoint: configuration.http_authproxy_tokenreview_endpoint,
    adminGroups: configuration.http_authproxy_admin_groups,
    adminUsernames: configuration.http_authproxy_admin_usernames,
    knowsEveryName: configuration.http_authproxy_skip_search,
    verifiesCertificate: configuration.http_authproxy_verify_cert,
    serverCertificate: configuration.http_authproxy_server_certificate,
  };
}
