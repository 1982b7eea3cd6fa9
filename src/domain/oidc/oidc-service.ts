import { AppError } from '#core/errors';
import { isLocalRedirect } from '#core/local-redirect';
import type { AddressLimit } from '#domain/access/address-limit';
import { loginClientOf } from '#domain/access/login-client';
import { requireSecrets } from '#domain/access/missing-secrets';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { SecretBox } from '#domain/configuration/secret-box';
import { GROUP_TYPES } from '#domain/groups/user-group';
import type { OidcAccounts } from '#domain/oidc/oidc-accounts';
import type { LoginSecrets, OidcClient, OidcGrant } from '#domain/oidc/oidc-client';
import { identityFromClaims, type OidcIdentity } from '#domain/oidc/oidc-identity';
import type { AwaitedName, BegunLogin, FinishedLogin, LoggedIn, LoginReturn } from '#domain/oidc/oidc-login';
import { type OidcSettings, oidcSettings, requireOidcSettings } from '#domain/oidc/oidc-settings';
import {
  hashOf,
  type PendingLogin,
  type PendingLogins,
  type PendingOnboarding,
  randomText,
} from '#domain/oidc/pending-logins';
import type { User } from '#domain/users/user';

/** Where the provider sends the browser back to. */
const CALLBACK_PATH = '/c/oidc/callback';
/** Where a browser is after it has logged out. */
const SIGNED_OUT_PATH = '/account/sign-in';
/** Of a provider's own words, this many characters are passed on. */
const MAX_WORDS = 200;

export interface OidcServiceDeps {
  readonly client: OidcClient;
  readonly configuration: ConfigurationService;
  readonly pending: PendingLogins;
  readonly accounts: OidcAccounts;
  /** For id tokens. */
  readonly idTokens: SecretBox;
  /** Undefined where the platform offers none. */
  readonly addresses: AddressLimit | undefined;
  /** Names of the secrets the deployment lacks; with any missing no login is served. */
  readonly missingSecrets: readonly string[];
}

/** Logins by browser at an OpenID Connect provider (`harbor:src/core/controllers/oidc.go`). */
export class OidcService {
  readonly #deps: OidcServiceDeps;

  constructor(deps: OidcServiceDeps) {
    this.#deps = deps;
  }

  /**
   * `publicUrl` is where the browser knows this site. BAD_REQUEST for a `redirectUrl` that leads elsewhere,
   * TOO_MANY_REQUEST when an address begins more logins than people can: each is a row that anybody may make.
   */
  async begin(publicUrl: string, redirectUrl: string, sourceAddress: string | undefined): Promise<BegunLogin> {
    const settings = await this.#settings();
    await this.#limit(sourceAddress);
    if (redirectUrl !== '' && !isLocalRedirect(redirectUrl)) {
      throw new AppError('BAD_REQUEST', { message: 'redirect_url must be a path of this site' });
    }
    const secrets: LoginSecrets = { state: randomText(), nonce: randomText(), codeVerifier: randomText() };
    const browserKey = randomText();
    const url = await this.#deps.client.authorizationUrl(settings, publicUrl + CALLBACK_PATH, secrets);
    await this.#deps.pending.put(secrets.state, {
      kind: 'login',
      nonce: secrets.nonce,
      codeVerifier: secrets.codeVerifier,
      redirectUrl: redirectUrl || '/',
      browserKeyHash: hashOf(browserKey),
    });
    return { url, state: secrets.state, browserKey };
  }

  /** BAD_REQUEST when the state is unknown, used or another browser's, or the provider's answer does not hold. */
  async finish(publicUrl: string, answer: LoginReturn): Promise<FinishedLogin | AwaitedName> {
    const settings = await this.#settings();
    const { state = '' } = answer.parameters;
    const pending = await this.#takeLogin(state, answer.browserKey);
    refuseError(answer.parameters);
    const { nonce, codeVerifier, redirectUrl } = pending;
    const loginAnswer = { redirectUri: publicUrl + CALLBACK_PATH, parameters: answer.parameters };
    const grant = await this.#deps.client.exchange(settings, loginAnswer, { state, nonce, codeVerifier });
    const identity = requireIdentity(grant, settings);
    const known = await this.#deps.accounts.login(identity, grant, answer.sourceAddress);
    if (known) return this.#finished(known, grant.idToken, redirectUrl);
    if (!settings.autoOnboard) return this.#awaitName(identity, grant, redirectUrl);
    if (identity.username === '') {
      throw new AppError('BAD_REQUEST', { message: 'the OIDC provider tells no user name: check oidc_user_claim' });
    }
    const user = await this.#deps.accounts.onboard(identity, grant, answer.sourceAddress);
    return this.#finished(user, grant.idToken, redirectUrl);
  }

  /** Whether somebody of this name logs in at the provider: an account of its, or one that is yet to be. */
  async isProvidersUser(username: string): Promise<boolean> {
    const isOn = oidcSettings(await this.#deps.configuration.current()) !== undefined;
    return isOn && (await this.#deps.accounts.isProvidersUser(username));
  }

  /** PRECONDITION in other modes. */
  async requireMode(): Promise<void> {
    await this.#settings();
  }

  /** BAD_REQUEST for a ticket that is none, or a name that cannot be; CONFLICT when the name is taken. */
  async onboard(ticket: string, username: string, sourceAddress: string | undefined): Promise<FinishedLogin> {
    await this.#settings();
    const pending = await this.#deps.pending.findOnboarding(ticket);
    if (!pending) {
      throw new AppError('BAD_REQUEST', { message: 'Failed to get OIDC user info from session: log in again' });
    }
    const { idToken, refreshToken, redirectUrl } = pending;
    const identity = { ...identityOf(pending), username };
    const user = await this.#deps.accounts.onboard(identity, { refreshToken }, sourceAddress);
    await this.#deps.pending.remove(ticket);
    return this.#finished(user, idToken, redirectUrl);
  }

  /**
   * Where a browser goes that logs out of this session; the session itself is the caller's to end. One that is not good any
   * more leads out of the provider, and voids nothing of the account.
   */
  async logoutUrl(publicUrl: string, session: LoggedIn | undefined): Promise<string> {
    const settings = await this.#settings();
    const idToken = session?.sealedIdToken && (await this.#deps.idTokens.open(session.sealedIdToken));
    if (!settings.isLogoutShared || !session || !idToken) return SIGNED_OUT_PATH;
    try {
      if (session.isGood) await this.#deps.accounts.revoke(settings, session.userId);
      const url = await this.#deps.client.endSessionUrl(settings, idToken, publicUrl + SIGNED_OUT_PATH);
      return url ?? SIGNED_OUT_PATH;
    } catch (error) {
      // The session here has ended whatever the provider says.
      console.warn(
        JSON.stringify({ level: 'warning', message: 'no logout at the OIDC provider', error: String(error) }),
      );
      return SIGNED_OUT_PATH;
    }
  }

  /** BAD_REQUEST unless a provider answers there. */
  async ping(endpoint: string, verifyCertificate: boolean): Promise<void> {
    try {
      await this.#deps.client.ping({ endpoint, verifyCertificate });
    } catch (cause) {
      const isRefused = cause instanceof AppError && cause.code === 'PRECONDITION';
      const reason = isRefused ? `: ${cause.message}` : '';
      throw new AppError('BAD_REQUEST', { message: `failed to verify connection${reason}`, cause });
    }
  }

  async #limit(sourceAddress: string | undefined): Promise<void> {
    const client = sourceAddress === undefined ? 'unknown' : loginClientOf(sourceAddress);
    // Counted apart from passwords, which must stay good for their own guesses.
    if ((await this.#deps.addresses?.admits(`oidc ${client}`)) ?? true) return;
    throw new AppError('TOO_MANY_REQUEST', { message: 'too many logins, try again later', retryAfterSeconds: 60 });
  }

  async #settings(): Promise<OidcSettings> {
    const settings = requireOidcSettings(await this.#deps.configuration.current());
    requireSecrets(this.#deps.missingSecrets);
    return settings;
  }

  async #takeLogin(state: string, browserKey: string | undefined): Promise<PendingLogin> {
    const pending = state === '' ? undefined : await this.#deps.pending.takeLogin(state);
    if (pending && browserKey !== undefined && pending.browserKeyHash === hashOf(browserKey)) return pending;
    throw new AppError('BAD_REQUEST', { message: 'State mismatch' });
  }

  async #finished(user: User, idToken: string, redirectUrl: string): Promise<FinishedLogin> {
    return { kind: 'login', user, sealedIdToken: await this.#deps.idTokens.seal(idToken), redirectUrl };
  }

  async #awaitName(identity: OidcIdentity, grant: OidcGrant, redirectUrl: string): Promise<AwaitedName> {
    const ticket = randomText();
    const { idToken, refreshToken } = grant;
    const pending = { ...identity, groups: identity.groups.map(({ name }) => name) };
    await this.#deps.pending.put(ticket, { kind: 'onboarding', identity: pending, idToken, refreshToken, redirectUrl });
    return { kind: 'onboarding', ticket, username: identity.username, redirectUrl };
  }
}

function refuseError({ error, error_description: description = '' }: LoginReturn['parameters']): void {
  if (error === undefined) return;
  const words = `${error} - ${description}`.slice(0, MAX_WORDS);
  throw new AppError('BAD_REQUEST', { message: `OIDC callback returned error: ${words}` });
}

function identityOf({ identity }: PendingOnboarding): OidcIdentity {
  const { email, realname, groups } = identity;
  return { ...identity, email, realname, groups: groups.map((name) => ({ type: GROUP_TYPES.oidc, name })) };
}

function requireIdentity(grant: OidcGrant, settings: OidcSettings): OidcIdentity {
  const identity = identityFromClaims(grant.claims, settings);
  if (identity) return identity;
  throw new AppError('BAD_REQUEST', { message: 'the OIDC provider does not say who logged in' });
}
