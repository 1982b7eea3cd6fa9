import { z } from 'zod';
import { type DirectoryHttp, type DirectoryRequest, unexpected } from '#adapters/http-directory/directory-http';
import { basicCredentials } from '#core/basic-credentials';
import type { DirectoryEndpoint } from '#domain/access/directory-endpoint';
import type { AuthProxyClient, ReviewedUser } from '#domain/authproxy/auth-proxy-client';

/** harbor:src/core/auth/authproxy/auth.go, `session`. */
const sessionAnswer = z.object({ session_id: z.string().min(1) });

/** `status` of authentication.k8s.io TokenReview, the same in v1beta1 and v1. */
const reviewAnswer = z.object({
  status: z.discriminatedUnion('authenticated', [
    z.object({
      authenticated: z.literal(true),
      user: z.object({ username: z.string().trim().min(1), groups: z.array(z.string()).nullish() }),
    }),
    z.object({ authenticated: z.literal(false).optional() }),
  ]),
});

export class HttpAuthProxyClient implements AuthProxyClient {
  readonly #http: DirectoryHttp;

  constructor(deps: { readonly http: DirectoryHttp }) {
    this.#http = deps.http;
  }

  async openSession(endpoint: DirectoryEndpoint, username: string, password: string): Promise<string | undefined> {
    const headers = { authorization: basicCredentials(username, password) };
    const request: DirectoryRequest = { endpoint, method: 'POST', headers };
    const answer = await this.#http.ask(request);
    if (answer.status === 401) return undefined;
    const session = sessionAnswer.safeParse(answer.json);
    if (answer.status !== 200 || !session.success) throw unexpected(request, answer);
    return session.data.session_id;
  }

  async reviewToken(endpoint: DirectoryEndpoint, token: string): Promise<ReviewedUser | undefined> {
    const request: DirectoryRequest = {
      endpoint,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ apiVersion: apiVersionOf(endpoint), kind: 'TokenReview', spec: { token } }),
    };
    const answer = await this.#http.ask(request);
    const review = reviewAnswer.safeParse(answer.json);
    const isAnswered = answer.status === 200 || answer.status === 201;
    if (!isAnswered || !review.success) throw unexpected(request, answer);
    const { status } = review.data;
    return status.authenticated ? { username: status.user.username, groups: status.user.groups ?? [] } : undefined;
  }
}

/** v1beta1 as Harbor sends it, unless the address is that of a Kubernetes API server, which has v1 alone since 1.22. */
function apiVersionOf({ url }: DirectoryEndpoint): string {
  const isV1 = url.pathname.includes('/authentication.k8s.io/v1/');
  return isV1 ? 'authentication.k8s.io/v1' : 'authentication.k8s.io/v1beta1';
}
