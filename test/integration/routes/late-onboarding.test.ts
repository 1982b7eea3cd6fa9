import { afterAll, expect, it, vi } from 'vitest';
import { Browser } from '#test/support/browser';
import { CLIENT_ID, CLIENT_SECRET, FakeOidcProvider, ISSUER } from '#test/support/fake-oidc-provider';
import { basic, createHarness } from '#test/support/harness';

const ACTOR = { username: 'admin', sourceAddress: undefined };
const PROXY = 'https://proxy.example.com';

/** A proxy where everybody's password is right. */
async function answerAsProxy(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  if (request.url === `${PROXY}/login`) return Response.json({ session_id: 'good' });
  return Response.json({ status: { authenticated: true, user: { username: 'late-by-proxy', groups: [] } } });
}

// Whoever reaches for a directory takes what is there when the server begins.
vi.stubGlobal('fetch', answerAsProxy);

/** Has the mode in mind as it was before another isolate changed it. */
const stale = createHarness();
const elsewhere = createHarness();

async function setMode(settings: Readonly<Record<string, unknown>>): Promise<void> {
  await elsewhere.services.configuration.update(settings, ACTOR);
  stale.clock.advance(10_000);
  await stale.services.configuration.current();
}

/** The account with the name, whoever looks. */
const find = (username: string) => stale.services.users.find(username);

afterAll(() => {
  vi.unstubAllGlobals();
});

it('an isolate that does not know yet that the mode has changed onboards nobody from a directory', async () => {
  await setMode({
    auth_mode: 'http_auth',
    http_authproxy_endpoint: `${PROXY}/login`,
    http_authproxy_tokenreview_endpoint: `${PROXY}/review`,
  });
  await elsewhere.services.configuration.update({ auth_mode: 'db_auth' }, ACTOR);
  const headers = { authorization: basic('late-by-proxy', 'Passw0rd') };
  const response = await stale.request('GET', '/api/v2.0/users/current', { headers });
  expect(response.status).toBe(403);
  expect(await find('late-by-proxy')).toBeUndefined();
});

it('an isolate that does not know yet that the mode has changed onboards nobody from an OIDC provider', async () => {
  const provider = new FakeOidcProvider();
  provider.user = { sub: 'late', name: 'late-by-oidc' };
  vi.stubGlobal('fetch', provider.fetch);
  await setMode({
    auth_mode: 'oidc_auth',
    oidc_endpoint: ISSUER,
    oidc_client_id: CLIENT_ID,
    oidc_client_secret: CLIENT_SECRET,
    oidc_auto_onboard: true,
  });
  const browser = new Browser(stale);
  const begun = await browser.get('/c/oidc/login');
  const answer = provider.authorize(begun.headers.get('location') ?? '');
  await elsewhere.services.configuration.update({ auth_mode: 'db_auth' }, ACTOR);
  const response = await browser.get(`/c/oidc/callback?${new URLSearchParams(answer)}`);
  expect(response.status).toBe(412);
  expect(await find('late-by-oidc')).toBeUndefined();
});
