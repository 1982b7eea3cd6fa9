/** The bindings of wrangler.toml and the deployment's secrets. */
export interface Env {
  readonly DB: D1Database;
  readonly BLOBS: R2Bucket;
  readonly UPLOAD_SESSION: DurableObjectNamespace;
  readonly REPOSITORY_LOCK: DurableObjectNamespace;
  readonly LOGIN_THROTTLE: DurableObjectNamespace;
  /** Logins an address may try; without it only accounts are limited. */
  readonly LOGIN_RATE?: RateLimit;
  readonly EVENTS: Queue;
  readonly JOBS: Queue;
  /** Files of pages, as the package that brings them names them. */
  readonly ASSETS: Fetcher;
  readonly CA_ROOT?: string;
  readonly EDGE_CACHE?: string;
  readonly EXTERNAL_URL?: string;
  readonly CONFIG_OVERWRITE_JSON?: string;
  readonly LOOPBACK_ISSUERS?: string;
  readonly PRIVATE_WEBHOOKS?: string;
  readonly ROADSTEAD_ADMIN_PASSWORD?: string;
  readonly ROADSTEAD_SECRET_KEY?: string;
  /** Set by the embedded server alone (`--trust-proxy`); on the edge the platform itself names the client. */
  readonly ROADSTEAD_TRUST_PROXY?: string;
}
