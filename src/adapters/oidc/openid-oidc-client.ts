import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  refreshTokenGrant,
  skipSubjectCheck,
  tokenRevocation,
} from 'openid-client';
import { boundedFetch, type Fetch } from '#adapters/oidc/bounded-fetch';
import { type DiscoveredProvider, ProviderDirectory } from '#adapters/oidc/provider-directory';
import { isVoidGrant, toAppError } from '#adapters/oidc/provider-errors';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { LoginAnswer, LoginSecrets, OidcClient, OidcGrant, RefreshOutcome } from '#domain/oidc/oidc-client';
import type { OidcClaims } from '#domain/oidc/oidc-identity';
import { extraParameters, type OidcProvider, type OidcSettings, scopesToAsk } from '#domain/oidc/oidc-settings';

/** Longest token that is looked at, in characters. */
const MAX_TOKEN_LENGTH = 16 * 1_024;

export interface OpenidOidcClientDeps {
  readonly clock: Clock;
  /** Whether a provider on this machine may be reached by `http:`. Default: no. */
  readonly isLoopbackAllowed?: boolean;
  /** Default: the platform's. */
  readonly fetch?: Fetch;
}

/** Tokens as far as they matter here. */
interface Tokens {
  readonly access_token: string;
  readonly id_token?: string | undefined;
}

/** OpenID Connect providers by the library `openid-client`; id tokens are verified by `jose`, wherever they come from. */
export class OpenidOidcClient implements OidcClient {
  readonly #providers: ProviderDirectory;

  constructor({
    clock,
    isLoopbackAllowed = false,
    fetch: ask = (url, init) => fetch(url, init),
  }: OpenidOidcClientDeps) {
    this.#providers = new ProviderDirectory({
      fetch: boundedFetch({ fetch: ask, isLoopbackAllowed }),
      isLoopbackAllowed,
      clock,
    });
  }

  async ping(provider: Pick<OidcProvider, 'endpoint' | 'verifyCertificate'>): Promise<void> {
    await this.#providers.discover({ ...provider, clientId: 'ping', clientSecret: '' });
  }

  async authorizationUrl(settings: OidcSettings, redirectUri: string, secrets: LoginSecrets): Promise<string> {
    const { configuration } = await this.#providers.find(settings);
    const { state, nonce, codeVerifier } = secrets;
    const url = buildAuthorizationUrl(configuration, {
      ...extraParameters(settings),
      response_type: 'code',
      scope: scopesToAsk(settings).join(' '),
      redirect_uri: redirectUri,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    });
    return url.href;
  }

  async exchange(provider: OidcProvider, answer: LoginAnswer, secrets: LoginSecrets): Promise<OidcGrant> {
    const discovered = await this.#providers.find(provider);
    const url = new URL(answer.redirectUri);
    url.search = new URLSearchParams(answer.parameters).toString();
    try {
      const tokens = await authorizationCodeGrant(discovered.configuration, url, {
        expectedState: secrets.state,
        expectedNonce: secrets.nonce,
        pkceCodeVerifier: secrets.codeVerifier,
        idTokenExpected: true,
      });
      const { id_token: idToken = '', refresh_token: refreshToken } = tokens;
      const read = await readClaims(discovered, tokens);
      if (!read) throw new Error('the id token does not hold');
      return { claims: read.claims, idToken, refreshToken };
    } catch (error) {
      throw toAppError(error);
    }
  }

  async refresh(provider: OidcProvider, refreshToken: string, subjectIssuer: string): Promise<RefreshOutcome> {
    try {
      const discovered = await this.#providers.find(provider);
      if (!isOfIssuer(subjectIssuer, discovered)) return { kind: 'void' };
      const tokens = await refreshTokenGrant(discovered.configuration, refreshToken);
      const read = await readClaims(discovered, tokens);
      const isSomebodyElse = read && `${read.claims['sub']}${read.claims['iss']}` !== subjectIssuer;
      if (isSomebodyElse) return { kind: 'void' };
      const claims = read?.isComplete ? read.claims : undefined;
      return { kind: 'good', refreshToken: tokens.refresh_token ?? refreshToken, claims };
    } catch (error) {
      return isVoidGrant(error) ? { kind: 'void' } : { kind: 'unknown', cause: error };
    }
  }

  async verifyIdToken(provider: OidcProvider, token: string): Promise<OidcClaims | undefined> {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    const { idTokens } = await this.#providers.find(provider);
    return idTokens.verify(token);
  }

  async endSessionUrl(provider: OidcProvider, idToken: string, returnTo: string): Promise<string | undefined> {
    const { configuration } = await this.#providers.find(provider);
    if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
    return buildEndSessionUrl(configuration, { id_token_hint: idToken, post_logout_redirect_uri: returnTo }).href;
  }

  async revoke(provider: OidcProvider, refreshToken: string, subjectIssuer: string): Promise<void> {
    const discovered = await this.#providers.find(provider);
    const { configuration } = discovered;
    const isPossible = configuration.serverMetadata().revocation_endpoint !== undefined;
    if (!isPossible || !isOfIssuer(subjectIssuer, discovered)) return;
    try {
      await tokenRevocation(configuration, refreshToken, { token_type_hint: 'refresh_token' });
    } catch (error) {
      throw toAppError(error);
    }
  }
}

/** Whether an account is this provider's: the tokens of one that was asked before are no business of its successor's. */
function isOfIssuer(subjectIssuer: string, { configuration }: DiscoveredProvider): boolean {
  return subjectIssuer.endsWith(configuration.serverMetadata().issuer);
}

interface ReadClaims {
  readonly claims: OidcClaims;
  /** Whether nothing that the provider could have told is missing. */
  readonly isComplete: boolean;
}

/** Claims of the id token and, over them, of the userinfo endpoint; undefined when the token does not hold. */
async function readClaims(discovered: DiscoveredProvider, tokens: Tokens): Promise<ReadClaims | undefined> {
  const local = await discovered.idTokens.verify(tokens.id_token ?? '');
  if (!local) return undefined;
  const { userinfo_endpoint: endpoint } = discovered.configuration.serverMetadata();
  const remote = endpoint === undefined ? {} : await askUserInfo(discovered, tokens.access_token);
  // Harbor goes by the token alone when the endpoint does not answer.
  if (!remote) return { claims: local, isComplete: false };
  if (remote['sub'] !== undefined && remote['sub'] !== local['sub']) {
    throw new AppError('BAD_REQUEST', { message: 'the OIDC provider told of two users at once' });
  }
  return { claims: { ...local, ...remote, sub: local['sub'], iss: local['iss'] }, isComplete: true };
}

/** Undefined when the endpoint does not answer. */
async function askUserInfo(
  { configuration }: DiscoveredProvider,
  accessToken: string,
): Promise<OidcClaims | undefined> {
  try {
    return await fetchUserInfo(configuration, accessToken, skipSubjectCheck);
  } catch (error) {
    console.warn(
      JSON.stringify({ level: 'warning', message: 'the userinfo endpoint did not answer', error: String(error) }),
    );
    return undefined;
  }
}
