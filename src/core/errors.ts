/**
 * The one table of errors that clients see.
 *
 * `oci` codes are those of the OCI distribution-spec v1.1.1 §"Error Codes"; `harbor` codes are Harbor's
 * (`harbor:src/lib/errors/const.go`). Both are rendered in the same envelope, `{errors:[{code,message,detail}]}`.
 * A message is public: it never carries a cause, a query or a key.
 */
const TABLE = {
  BLOB_UNKNOWN: { status: 404, message: 'blob unknown to registry', group: 'oci' },
  BLOB_UPLOAD_INVALID: { status: 400, message: 'blob upload invalid', group: 'oci' },
  BLOB_UPLOAD_UNKNOWN: { status: 404, message: 'blob upload unknown to registry', group: 'oci' },
  DIGEST_INVALID: { status: 400, message: 'provided digest did not match uploaded content', group: 'oci' },
  MANIFEST_BLOB_UNKNOWN: { status: 404, message: 'manifest references a blob unknown to registry', group: 'oci' },
  MANIFEST_INVALID: { status: 400, message: 'manifest invalid', group: 'oci' },
  MANIFEST_UNKNOWN: { status: 404, message: 'manifest unknown to registry', group: 'oci' },
  NAME_INVALID: { status: 400, message: 'invalid repository name', group: 'oci' },
  NAME_UNKNOWN: { status: 404, message: 'repository name not known to registry', group: 'oci' },
  SIZE_INVALID: { status: 400, message: 'provided length did not match content length', group: 'oci' },
  UNAUTHORIZED: { status: 401, message: 'unauthorized', group: 'oci' },
  UNSUPPORTED: { status: 405, message: 'the operation is unsupported', group: 'oci' },
  TOOMANYREQUESTS: { status: 429, message: 'too many requests', group: 'oci' },
  RANGE_INVALID: { status: 416, message: 'the requested range is not satisfiable', group: 'oci' },
  PAGINATION_NUMBER_INVALID: { status: 400, message: 'invalid number of results requested', group: 'oci' },

  BAD_REQUEST: { status: 400, message: 'bad request', group: 'harbor' },
  DENIED: { status: 403, message: 'denied', group: 'harbor' },
  FORBIDDEN: { status: 403, message: 'forbidden', group: 'harbor' },
  NOT_FOUND: { status: 404, message: 'not found', group: 'harbor' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'method not allowed', group: 'harbor' },
  CONFLICT: { status: 409, message: 'conflict', group: 'harbor' },
  PRECONDITION: { status: 412, message: 'precondition failed', group: 'harbor' },
  VIOLATE_FOREIGN_KEY_CONSTRAINT: { status: 412, message: 'the resource is referenced by others', group: 'harbor' },
  URI_TOO_LONG: { status: 414, message: 'too many tags in one request', group: 'oci' },
  REQUEST_ENTITY_TOO_LARGE: { status: 413, message: 'request entity too large', group: 'harbor' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'unsupported media type', group: 'harbor' },
  UNPROCESSABLE_ENTITY: { status: 422, message: 'unprocessable entity', group: 'harbor' },
  TOO_MANY_REQUEST: { status: 429, message: 'too many requests', group: 'harbor' },
  UNKNOWN: { status: 500, message: 'internal server error', group: 'harbor' },
  LOGIN_DISABLED: { status: 503, message: 'logins are disabled until the deployment is configured', group: 'harbor' },
  SERVICE_UNAVAILABLE: { status: 503, message: 'temporarily unavailable, try again', group: 'harbor' },
} as const satisfies Record<string, { status: number; message: string; group: 'oci' | 'harbor' }>;

export type ErrorCode = keyof typeof TABLE;

export type ErrorStatus = (typeof TABLE)[ErrorCode]['status'];

export interface AppErrorOptions {
  /** Public text instead of the table's. */
  readonly message?: string;
  /** Public, structured: what was wrong with which part of the request. */
  readonly detail?: unknown;
  /** Private: goes to the log only. */
  readonly cause?: unknown;
  /** Seconds after which the client may try again; becomes the `Retry-After` header. */
  readonly retryAfterSeconds?: number | undefined;
  /** Scopes a token would need (`repository:lib/app:pull`); become the `scope` of a 401's challenge on `/v2`. */
  readonly challengeScopes?: readonly string[];
}

/** An expected failure of a request. Everything else that is thrown becomes UNKNOWN with status 500. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: ErrorStatus;
  readonly detail: unknown;
  readonly retryAfterSeconds: number | undefined;
  readonly challengeScopes: readonly string[];

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.message ?? TABLE[code].message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = TABLE[code].status;
    this.detail = options.detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.challengeScopes = options.challengeScopes ?? [];
  }
}

/** The envelope both APIs answer errors with (OCI distribution-spec v1.1.1 §"Error Codes"). */
export interface ErrorEnvelope {
  readonly errors: readonly { readonly code: ErrorCode; readonly message: string; readonly detail?: unknown }[];
}

export function toEnvelope(error: AppError): ErrorEnvelope {
  const { code, message, detail } = error;
  return { errors: [detail === undefined ? { code, message } : { code, message, detail }] };
}
