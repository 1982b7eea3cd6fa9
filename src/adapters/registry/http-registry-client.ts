import { parseChallenge } from '#adapters/registry/challenge';
import { basicCredentials } from '#core/basic-credentials';
import type { RegistryConnection } from '#domain/registries/registry';
import type { RegistryClient } from '#domain/registries/registry-client';

/** How long a registry may take to answer a question, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** Longest answer of a token service, in bytes. */
const MAX_TOKEN_BYTES = 64 * 1024;

/** Where a registry is that has another address for people. */
const API_OF: Readonly<Record<string, string>> = { 'https://hub.docker.com': 'https://registry-1.docker.io' };

type Login = NonNullable<RegistryConnection['login']>;

/** Asks other registries over the OCI distribution protocol. Redirects are not followed: a login goes where it belongs. */
export class HttpRegistryClient implements RegistryClient {
  readonly #fetch: typeof fetch;

  constructor(deps: { readonly fetch: typeof fetch }) {
    this.#fetch = deps.fetch;
  }

  async findProblem(connection: RegistryConnection): Promise<string | undefined> {
    const { url, login } = connection;
    const endpoint = `${API_OF[url] ?? url}/v2/`;
    try {
      const response = await this.#ask(endpoint);
      if (!login) return response.status === 200 || response.status === 401 ? undefined : unexpected(response);
      const authorization = await this.#authorization(endpoint, response, login);
      if (authorization === undefined) return 'it asks for no login that is known here';
      const answer = await this.#ask(endpoint, authorization);
      if (answer.status === 401 || answer.status === 403) return 'it refuses the credential';
      return answer.status === 200 ? undefined : unexpected(answer);
    } catch (error) {
      return describeFailure(error, connection);
    }
  }

  /**
   * What to send as Authorization; a token of the registry's token service when it asks for one. That may be another host's,
   * as Docker Hub's is, but what is kept from listeners on the way to the registry is kept from them on this one too.
   */
  async #authorization(endpoint: string, refused: Response, { accessKey, secret }: Login): Promise<string | undefined> {
    const basic = basicCredentials(accessKey, secret);
    if (refused.status === 200) return basic;
    const challenge = parseChallenge(refused.headers.get('www-authenticate'));
    if (challenge?.scheme !== 'bearer') return challenge && basic;
    const url = new URL(challenge.realm);
    if (endpoint.startsWith('https:') && url.protocol !== 'https:') {
      throw new Rejected('it asks for the credential over http');
    }
    if (challenge.service !== undefined) url.searchParams.set('service', challenge.service);
    const response = await this.#ask(url.href, basic);
    if (response.status === 401 || response.status === 403) throw new Rejected('it refuses the credential');
    const token = response.status === 200 ? await readToken(response) : undefined;
    if (token === undefined) throw new Rejected('its token service gives no token');
    return `Bearer ${token}`;
  }

  async #ask(url: string, authorization?: string): Promise<Response> {
    return this.#fetch.call(undefined, url, {
      headers: { accept: 'application/json', ...(authorization !== undefined && { authorization }) },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}

function describeFailure(error: unknown, { url, isInsecure, caCertificate }: RegistryConnection): string {
  const reason = error instanceof Rejected ? error.message : 'it cannot be reached';
  const wantsOwnCa = url.startsWith('https:') && (isInsecure || caCertificate !== '');
  return wantsOwnCa ? `${reason}; certificates of an own CA cannot be checked here` : reason;
}

/** An answer that says no, in words for the administrator. */
class Rejected extends Error {}

function unexpected({ status }: Response): string {
  return `it answers ${status}`;
}

/** `token`, or `access_token` where there is no other (distribution-spec token service). */
async function readToken(response: Response): Promise<string | undefined> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_TOKEN_BYTES) return undefined;
  }
  try {
    const { token, access_token: accessToken } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return [token, accessToken].find((value): value is string => typeof value === 'string' && value !== '');
  } catch {
    return undefined;
  }
}
