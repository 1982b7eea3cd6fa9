import { z } from 'zod';
import { type DirectoryHttp, type DirectoryRequest, unexpected } from '#adapters/http-directory/directory-http';
import { basicCredentials } from '#core/basic-credentials';
import type { UaaAccess, UaaClient, UaaUser, UaaUserInfo } from '#domain/uaa/uaa-client';

/** A token goes into a header, so it must be visible ASCII (RFC 6749 Appendix A.12). */
const tokenAnswer = z.object({ access_token: z.string().regex(/^[\x21-\x7e]+$/) });

/** RFC 6749 §5.2 says `invalid_grant` for a wrong password; the UAA says `unauthorized`. */
const refusal = z.object({ error: z.enum(['invalid_grant', 'unauthorized', 'access_denied']) });

const CLIENT_GRANT = { grant_type: 'client_credentials' } as const;

const userInfoAnswer = z.object({ name: z.string().nullish(), email: z.string().nullish() });

/** Of SCIM 1.1's list and user, as the UAA writes them (docs.cloudfoundry.org/api/uaa, "Users: List"). */
const usersAnswer = z.object({
  resources: z.array(
    z.object({
      userName: z.string(),
      name: z.object({ givenName: z.string().nullish(), familyName: z.string().nullish() }).nullish(),
      emails: z.array(z.object({ value: z.string(), primary: z.boolean().nullish() })).nullish(),
    }),
  ),
});

export class HttpUaaClient implements UaaClient {
  readonly #http: DirectoryHttp;

  constructor(deps: { readonly http: DirectoryHttp }) {
    this.#http = deps.http;
  }

  async passwordGrant(uaa: UaaAccess, username: string, password: string): Promise<string | undefined> {
    const request = tokenRequest(uaa, { grant_type: 'password', username, password });
    const answer = await this.#http.ask(request);
    const token = tokenAnswer.safeParse(answer.json);
    if (answer.status === 200 && token.success) return token.data.access_token;
    const isClientError = answer.status >= 400 && answer.status < 500;
    // Anything else, such as `invalid_client`, is a mistake of the configuration and not of the user.
    if (isClientError && refusal.safeParse(answer.json).success) return undefined;
    throw unexpected(request, answer);
  }

  async userInfo(uaa: UaaAccess, accessToken: string): Promise<UaaUserInfo> {
    const { name, email } = await this.#read(userInfoAnswer, {
      endpoint: uaa.endpoint,
      path: '/userinfo',
      method: 'GET',
      headers: { authorization: `Bearer ${accessToken}` },
    });
    return { name: name || undefined, email: email || undefined };
  }

  async findUsers(uaa: UaaAccess, username: string): Promise<readonly UaaUser[]> {
    // RFC 6749 §4.4; a client that is refused is a mistake of the configuration.
    const { access_token: token } = await this.#read(tokenAnswer, tokenRequest(uaa, CLIENT_GRANT));
    const { resources } = await this.#read(usersAnswer, {
      endpoint: uaa.endpoint,
      path: '/Users',
      // A value of a filter is a JSON string (RFC 7644 §3.4.2.2). With two of the name nobody is meant.
      query: { filter: `userName eq ${JSON.stringify(username)}`, count: '2' },
      method: 'GET',
      headers: { authorization: `Bearer ${token}` },
    });
    return resources.map(({ userName, name, emails }) => ({
      username: userName,
      // As the UAA puts them together for the user info.
      name: [name?.givenName, name?.familyName].filter(Boolean).join(' ') || undefined,
      email: (emails?.find(({ primary }) => primary) ?? emails?.[0])?.value || undefined,
    }));
  }

  async #read<T>(schema: z.ZodType<T>, request: DirectoryRequest): Promise<T> {
    const answer = await this.#http.ask(request);
    const parsed = schema.safeParse(answer.json);
    if (answer.status !== 200 || !parsed.success) throw unexpected(request, answer);
    return parsed.data;
  }
}

function tokenRequest(uaa: UaaAccess, form: Readonly<Record<string, string>>): DirectoryRequest {
  return {
    endpoint: uaa.endpoint,
    path: '/oauth/token',
    method: 'POST',
    headers: {
      authorization: basicCredentials(formEncoded(uaa.clientId), formEncoded(uaa.clientSecret)),
      // The UAA takes the credentials as they are unless it is told that they follow RFC 6749 §2.3.1.
      'x-cf-encoded-credentials': 'true',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(form).toString(),
  };
}

/** application/x-www-form-urlencoded, as client credentials are before they become Basic ones (RFC 6749 §2.3.1). */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
