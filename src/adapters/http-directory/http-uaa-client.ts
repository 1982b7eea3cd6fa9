import { z } from 'zod';
import {
  basicCredentials,
  type DirectoryHttp,
  type DirectoryRequest,
  unexpected,
} from '#adapters/http-directory/directory-http';
import type { UaaAccess, UaaClient, UaaUserInfo } from '#domain/uaa/uaa-client';

/** A token goes into a header, so it must be visible ASCII (RFC 6749 Appendix A.12). */
const tokenAnswer = z.object({ access_token: z.string().regex(/^[\x21-\x7e]+$/) });

/** RFC 6749 §5.2 says `invalid_grant` for a wrong password; the UAA says `unauthorized`. */
const refusal = z.object({ error: z.enum(['invalid_grant', 'unauthorized', 'access_denied']) });

const userInfoAnswer = z.object({ name: z.string().nullish(), email: z.string().nullish() });

export class HttpUaaClient implements UaaClient {
  readonly #http: DirectoryHttp;

  constructor(deps: { readonly http: DirectoryHttp }) {
    this.#http = deps.http;
  }

  async passwordGrant(uaa: UaaAccess, username: string, password: string): Promise<string | undefined> {
    const request = {
      endpoint: uaa.endpoint,
      path: '/oauth/token',
      method: 'POST',
      headers: {
        authorization: basicCredentials(formEncoded(uaa.clientId), formEncoded(uaa.clientSecret)),
        // The UAA takes the credentials as they are unless it is told that they follow RFC 6749 §2.3.1.
        'x-cf-encoded-credentials': 'true',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ grant_type: 'password', username, password }).toString(),
    } as const satisfies DirectoryRequest;
    const answer = await this.#http.ask(request);
    const token = tokenAnswer.safeParse(answer.json);
    if (answer.status === 200 && token.success) return token.data.access_token;
    const isClientError = answer.status >= 400 && answer.status < 500;
    // Anything else, such as `invalid_client`, is a mistake of the configuration and not of the user.
    if (isClientError && refusal.safeParse(answer.json).success) return undefined;
    throw unexpected(request, answer);
  }

  async userInfo(uaa: UaaAccess, accessToken: string): Promise<UaaUserInfo> {
    const request = {
      endpoint: uaa.endpoint,
      path: '/userinfo',
      method: 'GET',
      headers: { authorization: `Bearer ${accessToken}` },
    } as const satisfies DirectoryRequest;
    const answer = await this.#http.ask(request);
    const parsed = userInfoAnswer.safeParse(answer.json);
    if (answer.status !== 200 || !parsed.success) throw unexpected(request, answer);
    return { name: parsed.data.name || undefined, email: parsed.data.email || undefined };
  }
}

/** application/x-www-form-urlencoded, as client credentials are before they become Basic ones (RFC 6749 §2.3.1). */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
