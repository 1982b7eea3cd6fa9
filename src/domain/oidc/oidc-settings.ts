import { AppError } from '#core/errors';
import type { Configuration } from '#domain/configuration/catalog';

/** How this deployment logs in at its OIDC provider; the configuration keys `oidc_*` of Harbor. */
export interface OidcSettings {
  /** What the login page calls the provider. */
  readonly name: string;
  /** The issuer, exactly as the provider's discovery document names it. */
  readonly endpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  /** The claim that holds the user name; empty takes `name`, then `preferred_username`. */
  readonly userClaim: string;
  /** The claim that lists groups; empty when groups are of no interest. */
  readonly groupsClaim: string;
  /** Members of this group are system administrators; empty for none. */
  readonly adminGroup: string;
  /** A regular expression; groups it does not match are left out. Empty keeps all. */
  readonly groupFilter: string;
  readonly verifyCertificate: boolean;
  /** Whether a new user gets the name the provider tells, without being asked. */
  readonly autoOnboard: boolean;
  /** Added to the address of the provider's login page. */
  readonly extraRedirectParameters: Readonly<Record<string, string>>;
  /** Whether a logout here logs out at the provider too. */
  readonly isLogoutShared: boolean;
}

/** What reaches a provider, and nothing else: changing it makes another provider of it. */
export type OidcProvider = Pick<OidcSettings, 'endpoint' | 'clientId' | 'clientSecret' | 'verifyCertificate'>;

/** The scope that makes providers give a refresh token (OpenID Connect Core 1.0 §11). */
const OFFLINE_ACCESS = 'offline_access';

/** Parameters of an authorization request that only the login itself may set. */
const RESERVED_PARAMETERS: ReadonlySet<string> = new Set([
  'client_id',
  'client_secret',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'redirect_uri',
  'request',
  'request_uri',
  'response_mode',
  'response_type',
  'scope',
  'state',
]);

/** The scopes to ask for: `openid` always, for without it a provider gives no id token. */
export function scopesToAsk({ scopes }: Pick<OidcSettings, 'scopes'>): readonly string[] {
  return [...new Set(['openid', ...scopes])];
}

/**
 * Parameters of the provider's login page beyond those of the login: who asks for offline access must ask for consent
 * too (OpenID Connect Core 1.0 §11); the configured ones may say otherwise.
 */
export function extraParameters(settings: Pick<OidcSettings, 'scopes' | 'extraRedirectParameters'>) {
  const configured = Object.entries(settings.extraRedirectParameters).filter(
    ([name]) => !RESERVED_PARAMETERS.has(name),
  );
  const consent = settings.scopes.includes(OFFLINE_ACCESS) ? { prompt: 'consent' } : {};
  return { ...consent, ...Object.fromEntries(configured) };
}

/** The settings, when this deployment logs in at a provider; undefined in other modes. */
export function oidcSettings(configuration: Configuration): OidcSettings | undefined {
  if (configuration.auth_mode !== 'oidc_auth') return undefined;
  return {
    name: configuration.oidc_name,
    endpoint: configuration.oidc_endpoint,
    clientId: configuration.oidc_client_id,
    clientSecret: configuration.oidc_client_secret,
    // Harbor's clients write commas.
    scopes: configuration.oidc_scope.split(/[\s,]+/).filter(Boolean),
    userClaim: configuration.oidc_user_claim,
    groupsClaim: configuration.oidc_groups_claim,
    adminGroup: configuration.oidc_admin_group,
    groupFilter: configuration.oidc_group_filter,
    verifyCertificate: configuration.oidc_verify_cert,
    autoOnboard: configuration.oidc_auto_onboard,
    extraRedirectParameters: configuration.oidc_extra_redirect_parms,
    isLogoutShared: configuration.oidc_logout,
  };
}

/** The same; PRECONDITION in other modes, with Harbor's words. */
export function requireOidcSettings(configuration: Configuration): OidcSettings {
  const settings = oidcSettings(configuration);
  if (settings) return settings;
  throw new AppError('PRECONDITION', { message: `Auth Mode: ${configuration.auth_mode} is not OIDC based.` });
}

/** Whether an account's identity (`OidcIdentity.subjectIssuer`) is of the provider with this issuer, however it is written. */
export function isOfProvider(subjectIssuer: string, { endpoint }: Pick<OidcSettings, 'endpoint'>): boolean {
  const normal = URL.canParse(endpoint) ? new URL(endpoint).href : endpoint;
  return [endpoint, normal, normal.replace(/\/$/, '')].some(
    (issuer) => issuer !== '' && subjectIssuer.endsWith(issuer),
  );
}
