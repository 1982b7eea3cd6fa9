import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  clockTolerance,
  customFetch,
  discovery,
  None,
} from 'openid-client';
import { type Fetch, isReachable } from '#adapters/oidc/bounded-fetch';
import { CLOCK_TOLERANCE_SECONDS, IdTokenVerifier } from '#adapters/oidc/id-token-verifier';
import { toAppError } from '#adapters/oidc/provider-errors';
import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { OidcProvider } from '#domain/oidc/oidc-settings';

/** How long a discovery document is gone by, in milliseconds. */
const DISCOVERY_TTL_MS = 300_000;
/** How long a provider that could not be discovered is left alone, in milliseconds. */
const FAILURE_TTL_MS = 5_000;
/** One is in use; more are there while the settings change, or are tried out. */
const MAX_PROVIDERS = 8;

export interface DiscoveredProvider {
  readonly configuration: Configuration;
  /** Verifies with the provider's published keys. */
  readonly idTokens: IdTokenVerifier;
}

export interface ProviderDirectoryDeps {
  readonly fetch: Fetch;
  readonly isLoopbackAllowed: boolean;
  readonly clock: Clock;
}

/** Providers by what their discovery documents say (OpenID Connect Discovery 1.0 §4), remembered for five minutes. */
export class ProviderDirectory {
  readonly #deps: ProviderDirectoryDeps;
  readonly #known: BoundedCache<Promise<DiscoveredProvider>>;

  constructor(deps: ProviderDirectoryDeps) {
    this.#deps = deps;
    this.#known = new BoundedCache({ maxWeight: MAX_PROVIDERS, ttlMs: DISCOVERY_TTL_MS, clock: deps.clock });
  }

  /** Rejects with PRECONDITION for settings that cannot be honoured, with SERVICE_UNAVAILABLE without an answer. */
  async find(provider: OidcProvider): Promise<DiscoveredProvider> {
    const key = JSON.stringify([
      provider.endpoint,
      provider.clientId,
      provider.clientSecret,
      provider.verifyCertificate,
    ]);
    const known = this.#known.get(key);
    if (known) return known;
    const discovered = this.discover(provider);
    this.#known.put(key, discovered);
    discovered.catch(() => this.#known.put(key, discovered, { ttlMs: FAILURE_TTL_MS }));
    return discovered;
  }

  /** The same, asked anew. */
  async discover(provider: OidcProvider): Promise<DiscoveredProvider> {
    const { fetch, isLoopbackAllowed, clock } = this.#deps;
    const { clientId, clientSecret } = provider;
    const issuer = issuerUrl(provider, isLoopbackAllowed);
    const metadata = { client_secret: clientSecret, [clockTolerance]: CLOCK_TOLERANCE_SECONDS };
    const configuration = await discovery(issuer, clientId, metadata, clientAuthentication(clientSecret), {
      [customFetch]: (url, { body, headers, method, signal }) =>
        fetch(url, { headers, method, ...(body && { body: body as BodyInit }), ...(signal && { signal }) }),
      // The addresses are judged by `fetch`.
      ...(isLoopbackAllowed && { execute: [allowInsecureRequests] }),
    }).catch((error: unknown) => {
      throw toAppError(error);
    });
    const { issuer: exactIssuer, jwks_uri: keysUrl = '' } = configuration.serverMetadata();
    if (!URL.canParse(keysUrl)) throw toAppError(new Error('the discovery document names no keys'));
    const idTokens = new IdTokenVerifier({ issuer: exactIssuer, clientId, keysUrl, fetch, clock });
    return { configuration, idTokens };
  }
}

function issuerUrl({ endpoint, verifyCertificate }: OidcProvider, isLoopbackAllowed: boolean): URL {
  if (!verifyCertificate) {
    throw new AppError('PRECONDITION', {
      message: 'oidc_verify_cert=false cannot be honoured: this platform always checks certificates',
    });
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  // The library would take such an address for the document itself, and let any issuer stand in it.
  if (url && isReachable(url, isLoopbackAllowed) && !url.href.includes('/.well-known/') && !url.username) return url;
  throw new AppError('PRECONDITION', { message: `oidc_endpoint must be the provider's issuer, an https address` });
}

/** As the provider says it wants to be told the client's secret; in a header when it says nothing (RFC 8414 §2). */
function clientAuthentication(clientSecret: string): ClientAuth {
  if (clientSecret === '') return None();
  const inHeader = ClientSecretBasic(clientSecret);
  const inBody = ClientSecretPost(clientSecret);
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const isHeaderUnknown = methods.includes('client_secret_post') && !methods.includes('client_secret_basic');
    (isHeaderUnknown ? inBody : inHeader)(server, client, body, headers);
  };
}
