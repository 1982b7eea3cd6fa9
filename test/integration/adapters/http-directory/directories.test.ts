import { describe, expect, it, vi } from 'vitest';
import { DirectoryHttp } from '#adapters/http-directory/directory-http';
import { HttpAuthProxyClient } from '#adapters/http-directory/http-auth-proxy-client';
import { HttpUaaClient } from '#adapters/http-directory/http-uaa-client';
import { AppError } from '#core/errors';
import { parseDirectoryEndpoint } from '#domain/access/directory-endpoint';

const endpoint = (text: string, verifiesCertificate = true) =>
  parseDirectoryEndpoint('endpoint', text, { verifiesCertificate });

const UAA = { endpoint: endpoint('https://uaa.example.com/base/'), clientId: 'harbor:1', clientSecret: 'p%s s&' };

/** Directories that answer what the test says; the requests they got come with it. */
function createClients(answer: (request: Request) => Response | Promise<Response>) {
  const requests: Request[] = [];
  const http = new DirectoryHttp({
    fetch: async (input, init) => {
      const request = new Request(input, init);
      requests.push(request.clone());
      return answer(request);
    },
  });
  return { uaa: new HttpUaaClient({ http }), proxy: new HttpAuthProxyClient({ http }), requests };
}

const json = (body: unknown, status = 200) => Response.json(body, { status });

/** What a login rejects with. */
async function failureOf(login: Promise<unknown>): Promise<AppError> {
  const error = await login.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error('the login did not fail as expected', { cause: error });
  return error;
}

describe('the password grant of a UAA', () => {
  it('is asked for in a form, with the client’s encoded credentials', async () => {
    const { uaa, requests } = createClients(() => json({ access_token: 'abc.def', token_type: 'bearer' }));
    expect(await uaa.passwordGrant(UAA, 'ann:&\r\nx=1', 'pass wörd')).toBe('abc.def');
    const [request] = requests;
    expect(request?.url).toBe('https://uaa.example.com/base/oauth/token');
    expect(request?.headers.get('authorization')).toBe(`Basic ${btoa('harbor%3A1:p%25s+s%26')}`);
    expect(request?.headers.get('x-cf-encoded-credentials')).toBe('true');
    expect(Object.fromEntries(new URLSearchParams(await request?.text()))).toEqual({
      grant_type: 'password',
      username: 'ann:&\r\nx=1',
      password: 'pass wörd',
    });
  });

  it.each([
    [400, 'invalid_grant'],
    [401, 'unauthorized'],
    [401, 'invalid_grant'],
    [403, 'access_denied'],
  ])('is refused by %i %s', async (status, error) => {
    const { uaa } = createClients(() => json({ error, error_description: 'Bad credentials' }, status));
    expect(await uaa.passwordGrant(UAA, 'ann', 'wrong')).toBeUndefined();
  });

  it.each([
    ['a wrong client', () => json({ error: 'invalid_client' }, 401)],
    ['a bare 401', () => new Response('<html>', { status: 401 })],
    ['a failure', () => json({ error: 'unauthorized' }, 500)],
    ['a missing page', () => json({}, 404)],
    ['no JSON', () => new Response('<html>')],
    ['no token', () => json({ token: 'x' })],
    ['a token that is none', () => json({ access_token: 'a\r\nx-evil: 1' })],
    ['a redirect', () => Response.redirect('https://evil.example.com/oauth/token', 307)],
  ])('says nothing about the password with %s', async (_, answer) => {
    const { uaa, requests } = createClients(answer);
    const error = await failureOf(uaa.passwordGrant(UAA, 'ann', 'Very-secret-1'));
    expect(error.code).toBe('SERVICE_UNAVAILABLE');
    expect(error.message).toBe('the user directory cannot be asked');
    expect(String(error.cause)).toMatch(
      /^Error: POST https:\/\/uaa\.example\.com\/base\/oauth\/token: unexpected answer/,
    );
    expect(requests).toHaveLength(1);
  });

  it('tells in an outage that certificates are verified all the same, and never what was sent', async () => {
    const { uaa } = createClients(() => Promise.reject(new TypeError('Network connection lost.')));
    const unverified = { ...UAA, endpoint: endpoint('https://uaa.example.com', false) };
    const error = await failureOf(uaa.passwordGrant(unverified, 'Somebody-9', 'Very-secret-1'));
    expect(error.message).toBe('the user directory cannot be asked, and certificate checks cannot be skipped here');
    const told = `${error.message} ${error.stack} ${(error.cause as Error).stack}`;
    expect(told).toContain('Network connection lost.');
    expect(told).not.toMatch(/Very-secret-1|p%|Somebody-9/);
  });
});

describe('the user info of a UAA', () => {
  it('is asked for with the token', async () => {
    const { uaa, requests } = createClients(() => json({ user_id: '1', name: 'Ann', email: '', more: [] }));
    expect(await uaa.userInfo(UAA, 'abc')).toEqual({ name: 'Ann', email: undefined });
    expect(requests[0]?.url).toBe('https://uaa.example.com/base/userinfo');
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer abc');
  });

  it.each([[json({ error: 'invalid_token' }, 401)], [json('text')], [json({ name: 1 })]])(
    'is an outage when it is something else',
    async (answer) => {
      const { uaa } = createClients(() => answer.clone());
      expect((await failureOf(uaa.userInfo(UAA, 'abc'))).code).toBe('SERVICE_UNAVAILABLE');
    },
  );
});

describe('a search for users of a UAA', () => {
  const answering = (users: () => Response) =>
    createClients(({ url }) => (url.endsWith('/oauth/token') ? json({ access_token: 'of-client' }) : users()));

  it('asks by the client’s own token for the very name', async () => {
    const { uaa, requests } = answering(() => json({ resources: [], totalResults: 0 }));
    expect(await uaa.findUsers(UAA, 'a" or userName pr \\ é')).toEqual([]);
    const [grant, search] = requests;
    expect(await grant?.text()).toBe('grant_type=client_credentials');
    const url = new URL(search?.url ?? '');
    expect(url.origin + url.pathname).toBe('https://uaa.example.com/base/Users');
    expect(url.searchParams.get('filter')).toBe(String.raw`userName eq "a\" or userName pr \\ é"`);
    expect(search?.headers.get('authorization')).toBe('Bearer of-client');
  });

  it('reads names and the first of the addresses', async () => {
    const { uaa } = answering(() =>
      json({
        resources: [
          {
            userName: 'Ann',
            name: { givenName: 'Ann', familyName: 'Example' },
            emails: [{ value: 'old@example.com' }, { value: 'ann@example.com', primary: true }],
            id: '1',
          },
          { userName: 'ann', name: {}, emails: [{ value: 'ann@example.org', primary: false }] },
          { userName: 'Ann', emails: [] },
        ],
      }),
    );
    expect(await uaa.findUsers(UAA, 'ann')).toEqual([
      { username: 'Ann', name: 'Ann Example', email: 'ann@example.com' },
      { username: 'ann', name: undefined, email: 'ann@example.org' },
      { username: 'Ann', name: undefined, email: undefined },
    ]);
  });

  it.each([[json({ error: 'insufficient_scope' }, 403)], [json({ Resources: [] })], [json({ resources: [{}] })]])(
    'is an outage when the answer is something else',
    async (answer) => {
      const { uaa } = answering(() => answer.clone());
      const error = await failureOf(uaa.findUsers(UAA, 'Somebody-9'));
      expect(error.code).toBe('SERVICE_UNAVAILABLE');
      expect(String(error.cause)).not.toContain('Somebody-9');
    },
  );

  it('is an outage when the client gets no token', async () => {
    const { uaa, requests } = createClients(() => json({ error: 'unauthorized' }, 401));
    expect((await failureOf(uaa.findUsers(UAA, 'ann'))).code).toBe('SERVICE_UNAVAILABLE');
    expect(requests).toHaveLength(1);
  });
});

describe('a session of an auth proxy', () => {
  const login = endpoint('https://proxy.example.com/login?realm=a');

  it('is opened by Basic credentials at the very address', async () => {
    const { proxy, requests } = createClients(() => json({ session_id: 's-1' }));
    expect(await proxy.openSession(login, 'änn', 'päss:word')).toBe('s-1');
    expect(requests[0]?.method).toBe('POST');
    expect(requests[0]?.url).toBe('https://proxy.example.com/login?realm=a');
    const encoded = requests[0]?.headers.get('authorization')?.replace('Basic ', '') ?? '';
    expect(new TextDecoder().decode(Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0)))).toBe('änn:päss:word');
  });

  it('is refused by 401 alone', async () => {
    expect(await createClients(() => new Response('no', { status: 401 })).proxy.openSession(login, 'a', 'b')).toBe(
      undefined,
    );
    for (const answer of [
      json({}, 403),
      json({ session_id: 's' }, 302),
      json({ session_id: '' }),
      json([]),
      json({}, 503),
    ]) {
      const { proxy } = createClients(() => answer);
      expect((await failureOf(proxy.openSession(login, 'a', 'b'))).code).toBe('SERVICE_UNAVAILABLE');
    }
  });
});

describe('a token review', () => {
  const review = endpoint('https://proxy.example.com/review');
  const answerOf = (status: unknown) =>
    json({ apiVersion: 'authentication.k8s.io/v1beta1', kind: 'TokenReview', status });

  it('sends the token in the Kubernetes form and reads user and groups', async () => {
    const user = { username: 'ann', groups: ['dev'], uid: '1', extra: {} };
    const { proxy, requests } = createClients(() => answerOf({ authenticated: true, user }));
    expect(await proxy.reviewToken(review, 'to\n"ken')).toEqual({ username: 'ann', groups: ['dev'] });
    expect(await requests[0]?.json()).toEqual({
      apiVersion: 'authentication.k8s.io/v1beta1',
      kind: 'TokenReview',
      spec: { token: 'to\n"ken' },
    });
  });

  it('speaks v1 with a Kubernetes API server, which answers 201', async () => {
    const user = { username: 'ann' };
    const { proxy, requests } = createClients(() => json({ status: { authenticated: true, user } }, 201));
    const server = endpoint('https://kubernetes.example.com/apis/authentication.k8s.io/v1/tokenreviews');
    expect(await proxy.reviewToken(server, 't')).toEqual({ username: 'ann', groups: [] });
    expect(await requests[0]?.json()).toMatchObject({ apiVersion: 'authentication.k8s.io/v1' });
  });

  it('knows nobody when it says so, or does not say', async () => {
    for (const status of [{ authenticated: false, error: 'expired' }, { error: 'expired' }]) {
      expect(await createClients(() => answerOf(status)).proxy.reviewToken(review, 't')).toBeUndefined();
    }
  });

  it('is an outage when it is something else', async () => {
    const nobody = { authenticated: true, user: { username: ' ' } };
    for (const answer of [answerOf(undefined), answerOf(nobody), answerOf({ authenticated: 'yes' }), json({}, 401)]) {
      const { proxy } = createClients(() => answer);
      expect((await failureOf(proxy.reviewToken(review, 't'))).code).toBe('SERVICE_UNAVAILABLE');
    }
  });
});

describe('an answer', () => {
  const slowly = (signal: AbortSignal) =>
    new ReadableStream({
      start: (controller) => signal.addEventListener('abort', () => controller.error(signal.reason)),
    });

  it('longer than a MiB is not read to its end', async () => {
    let sentBytes = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sentBytes += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    const { uaa } = createClients(() => new Response(endless));
    expect(String((await failureOf(uaa.passwordGrant(UAA, 'a', 'b'))).cause)).toContain('longer than 1048576 bytes');
    expect(sentBytes).toBeLessThan(2 * 2 ** 20);
  });

  it.each([
    [
      'does not begin',
      (request: Request) =>
        new Promise<Response>((_, reject) => {
          request.signal.addEventListener('abort', () => reject(request.signal.reason));
        }),
    ],
    ['does not end', (request: Request) => new Response(slowly(request.signal))],
  ])('that %s is given up', async (_, answer) => {
    const timeout = new AbortController();
    const limits = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(timeout.signal);
    const { uaa } = createClients(answer);
    const failure = failureOf(uaa.passwordGrant(UAA, 'a', 'b'));
    await new Promise((resolve) => setTimeout(resolve, 0));
    timeout.abort(new DOMException('timed out', 'TimeoutError'));
    expect((await failure).code).toBe('SERVICE_UNAVAILABLE');
    expect(limits).toHaveBeenCalledWith(10_000);
    limits.mockRestore();
  });
});
