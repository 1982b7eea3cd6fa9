import type { OidcClaims } from '#domain/oidc/oidc-identity';
import type { OidcProvider, OidcSettings } from '#domain/oidc/oidc-settings';

/** What a login is recognized by when it comes back (RFC 6749 §10.12, RFC 7636, OpenID Connect Core 1.0 §3.1.2.1). */
export interface LoginSecrets {
  readonly state: string;
  readonly nonce: string;
  /** The PKCE verifier; the provider is shown its SHA-256 first. */
  readonly codeVerifier: string;
}

/** What the provider sent the browser back with. */
export interface LoginAnswer {
  /** Where it came back to, without a query. */
  readonly redirectUri: string;
  /** The query: `code`, `state`, and `iss` (RFC 9207). */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a provider gives for a code. */
export interface OidcGrant {
  /** Those of the id token, and over them those of the userinfo endpoint; `sub` and `iss` are the token's. */
  readonly claims: OidcClaims;
  readonly idToken: string;
  readonly refreshToken: string | undefined;
}

/** What a provider says about a refresh token. */
export type RefreshOutcome =
  /** Claims are undefined when it told none this time, or not all. */
  | { readonly kind: 'good'; readonly refreshToken: string; readonly claims: OidcClaims | undefined }
  /** It said that the token is void, or answered for somebody else. */
  | { readonly kind: 'void' }
  /** It could not be asked, or said something about us and not about the user. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

/**
 * An OpenID Connect provider. Whatever needs it rejects with SERVICE_UNAVAILABLE when it cannot be reached, and with
 * PRECONDITION when its settings cannot be honoured here.
 */
export interface OidcClient {
  /** Rejects unless a provider answers with a discovery document of its own. */
  ping(provider: Pick<OidcProvider, 'endpoint' | 'verifyCertificate'>): Promise<void>;

  /** The address of the provider's login page. */
  authorizationUrl(settings: OidcSettings, redirectUri: string, secrets: LoginSecrets): Promise<string>;

  /** Rejects with BAD_REQUEST when the provider refuses the code or its id token does not hold. */
  exchange(provider: OidcProvider, answer: LoginAnswer, secrets: LoginSecrets): Promise<OidcGrant>;

  /** An answer about anybody but `subjectIssuer` is taken for a refusal; a token of another provider is void, unsent. */
  refresh(provider: OidcProvider, refreshToken: string, subjectIssuer: string): Promise<RefreshOutcome>;

  /** The claims of an id token made for this client; undefined when it does not hold (any more). */
  verifyIdToken(provider: OidcProvider, token: string): Promise<OidcClaims | undefined>;

  /** Where a browser logs out; undefined when the provider has no such page. */
  endSessionUrl(provider: OidcProvider, idToken: string, returnTo: string): Promise<string | undefined>;

  /** Makes a refresh token void; nothing happens when the provider cannot do that, or is not the token's. */
  revoke(provider: OidcProvider, refreshToken: string, subjectIssuer: string): Promise<void>;
}
