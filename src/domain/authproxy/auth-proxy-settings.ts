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
  /** Certificates are verified in any case; false only changes what an outage is told as. */
  readonly verifiesCertificate: boolean;
  /** Whether a name that is made a member is taken to exist, as the proxy cannot be searched. */
  readonly skipsSearch: boolean;
  /** A certificate authority of the proxy's own, PEM; it cannot be honoured, so logins are refused while it is set. */
  readonly serverCertificate: string;
}
