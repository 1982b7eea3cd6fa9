import { AppError } from '#core/errors';
import type { DirectoryEndpoint } from '#domain/access/directory-endpoint';

/** How long a directory may take to answer, body included, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** Longest answer that is read, in bytes: a user in many thousand groups fits. */
const MAX_ANSWER_BYTES = 2 ** 20;

export interface DirectoryRequest {
  readonly endpoint: DirectoryEndpoint;
  /** Below the endpoint; nothing asks the endpoint itself. */
  readonly path?: string;
  /** Beside what the endpoint's own query says. */
  readonly query?: Readonly<Record<string, string>>;
  readonly method: 'GET' | 'POST';
  /** Must be a legal header value. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface DirectoryAnswer {
  readonly status: number;
  /** Parsed JSON; undefined when the answer is something else. */
  readonly json: unknown;
}

/**
 * Asks directories that speak JSON over HTTP. Redirects are not followed: credentials go to the configured address alone.
 * What fails is SERVICE_UNAVAILABLE, with a cause that names the address and never what was sent.
 */
export class DirectoryHttp {
  readonly #fetch: typeof fetch;

  constructor(deps: { readonly fetch: typeof fetch }) {
    this.#fetch = deps.fetch;
  }

  async ask(request: DirectoryRequest): Promise<DirectoryAnswer> {
    const { method, headers, body = null } = request;
    try {
      const response = await this.#fetch.call(undefined, urlOf(request), {
        method,
        headers: { accept: 'application/json', ...headers },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: response.status, json: parseJson(await readBounded(response)) };
    } catch (error) {
      throw unavailable(request, error instanceof Error ? error.message : 'unknown failure');
    }
  }
}

/** SERVICE_UNAVAILABLE for an answer that makes no sense. */
export function unexpected(request: DirectoryRequest, { status }: DirectoryAnswer): AppError {
  return unavailable(request, `unexpected answer with status ${status}`);
}

function unavailable(request: DirectoryRequest, reason: string): AppError {
  const { origin, pathname } = urlOf(request);
  const note = 'the user directory cannot be asked';
  return new AppError('SERVICE_UNAVAILABLE', {
    message: request.endpoint.wantsUnverified ? `${note}, and certificate checks cannot be skipped here` : note,
    cause: new Error(`${request.method} ${origin}${pathname}: ${reason}`),
  });
}

function urlOf({ endpoint, path, query = {} }: DirectoryRequest): URL {
  const url = new URL(endpoint.url);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  if (path !== undefined) url.pathname = url.pathname.replace(/\/+$/, '') + path;
  return url;
}

async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > MAX_ANSWER_BYTES) throw new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
