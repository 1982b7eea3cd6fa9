import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export const ISSUER = 'https://id.example';
export const CLIENT_ID = 'roadstead';
export const CLIENT_SECRET = 'a client secret';

export interface IdTokenOptions {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly audience?: string | string[];
  readonly issuer?: string;
  /** Seconds from now; negative is past. */
  readonly expiresIn?: number;
  readonly notBeforeIn?: number;
  readonly type?: string;
}

interface Code {
  readonly challenge: string;
  readonly nonce: string;
  readonly redirectUri: string;
}

/** Keys are slow to make, and every test's provider may have the same. */
const keyPair = await generateKeyPair('RS256');
const strangerKeyPair = await generateKeyPair('RS256');

/** An OpenID Connect provider that keeps the rules of the code flow, behind a `fetch` of its own. */
export class FakeOidcProvider {
  /** The claims of whoever logs in. */
  user: Readonly<Record<string, unknown>> = { sub: 'u1', name: 'Ada Lovelace', email: 'ada@id.example' };
  /** Replaces the id token of the next answers. */
  forgeIdToken: ((nonce: string) => Promise<string>) | undefined;
  /** Instead of an answer, for the paths it names. */
  readonly broken = new Map<string, () => Response | Promise<Response>>();
  readonly requests: string[] = [];
  readonly revoked: string[] = [];
  /** Refresh tokens that are good. */
  readonly refreshTokens = new Set<string>();
  #codes = new Map<string, Code>();
  #count = 0;

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname } = new URL(url);
    this.requests.push(pathname);
    const broken = this.broken.get(pathname);
    if (broken) return broken();
    const form = new URLSearchParams(init.body ? String(init.body) : '');
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return Response.json(this.#metadata());
      case '/jwks':
        return Response.json({
          keys: [{ ...(await exportJWK(keyPair.publicKey)), kid: 'k1', use: 'sig', alg: 'RS256' }],
        });
      case '/token':
        return this.#token(form, new Headers(init.headers));
      case '/userinfo':
        return Response.json(this.user);
      case '/revoke':
        this.revoked.push(form.get('token') ?? '');
        this.refreshTokens.delete(form.get('token') ?? '');
        return new Response();
      default:
        return new Response('not found', { status: 404 });
    }
  };

  /** What the provider's login page does with the browser: the query it comes back with. */
  authorize(authorizationUrl: string): Record<string, string> {
    const query = new URL(authorizationUrl).searchParams;
    this.#count += 1;
    const code = `code-${this.#count}`;
    this.#codes.set(code, {
      challenge: query.get('code_challenge') ?? '',
      nonce: query.get('nonce') ?? '',
      redirectUri: query.get('redirect_uri') ?? '',
    });
    return { code, state: query.get('state') ?? '' };
  }

  /** An id token as this provider signs them, but for the options. */
  idToken({ claims = {}, audience = CLIENT_ID, issuer = ISSUER, ...options }: IdTokenOptions = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const token = new SignJWT({ ...this.user, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...(options.type && { typ: options.type }) })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + (options.expiresIn ?? 3_600));
    if (options.notBeforeIn !== undefined) token.setNotBefore(now + options.notBeforeIn);
    return token.sign(keyPair.privateKey);
  }

  /** The same claims, unsigned, or signed by something that is not the provider's key. */
  async forgedIdToken(how: 'none' | 'hmac-of-public-key' | 'stranger', nonce?: string): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims = { ...this.user, iss: ISSUER, aud: CLIENT_ID, iat: now, exp: now + 3_600, ...(nonce && { nonce }) };
    if (how === 'none') return `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`;
    if (how === 'stranger') {
      return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(strangerKeyPair.privateKey);
    }
    const publicKey = new TextEncoder().encode(JSON.stringify(await exportJWK(keyPair.publicKey)));
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(publicKey);
  }

  #metadata() {
    return {
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/authorize`,
      token_endpoint: `${ISSUER}/token`,
      userinfo_endpoint: `${ISSUER}/userinfo`,
      jwks_uri: `${ISSUER}/jwks`,
      end_session_endpoint: `${ISSUER}/logout`,
      revocation_endpoint: `${ISSUER}/revoke`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      // A careless provider names what nobody should take.
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
    };
  }

  async #token(form: URLSearchParams, headers: Headers): Promise<Response> {
    const secret = `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET.replaceAll(' ', '+')}`)}`;
    if (headers.get('authorization') !== secret) return Response.json({ error: 'invalid_client' }, { status: 401 });
    if (form.get('grant_type') === 'refresh_token') return this.#refresh(form.get('refresh_token') ?? '');
    const code = this.#codes.get(form.get('code') ?? '');
    this.#codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!code || code.challenge !== challenge || code.redirectUri !== form.get('redirect_uri')) return invalidGrant();
    return this.#tokens(code.nonce);
  }

  #refresh(refreshToken: string): Promise<Response> | Response {
    if (!this.refreshTokens.delete(refreshToken)) return invalidGrant();
    return this.#tokens(undefined);
  }

  async #tokens(nonce: string | undefined): Promise<Response> {
    this.#count += 1;
    const refreshToken = `refresh-${this.#count}`;
    this.refreshTokens.add(refreshToken);
    const idToken = this.forgeIdToken
      ? await this.forgeIdToken(nonce ?? '')
      : await this.idToken({ claims: nonce === undefined ? {} : { nonce } });
    return Response.json({
      access_token: 'access',
      token_type: 'bearer',
      expires_in: 3_600,
      id_token: idToken,
      refresh_token: refreshToken,
    });
  }
}

function invalidGrant(): Response {
  return Response.json({ error: 'invalid_grant' }, { status: 400 });
}

function encode(value: unknown): string {
  return btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
