import type { Client } from '#test/clients/client';
import { digestIn, expectSame } from '#test/clients/expectations';
import { writeLayerArchive } from '#test/clients/image-files';
import { OidcIssuer } from '#test/clients/oidc-issuer';
import type { Scenario, World } from '#test/clients/scenario';
import type { Report } from '#test/support/suites/report';

const PROJECT = 'federation';
const AUDIENCE = 'the-registry';
const INSIDE = `${PROJECT}/team-a/app`;
const OUTSIDE = `${PROJECT}/team-b/app`;
/** How old an isolate's knowledge of rules may be, in seconds, and a second more. */
const FORGET_SECONDS = 11;

/** CI jobs without secrets. Wants a registry started with LOOPBACK_ISSUERS=on. */
export const federationScenario: Scenario = {
  name: 'federation',
  async run(world, report) {
    const issuer = await OidcIssuer.start();
    try {
      await prepare(world, issuer, report);
      await useClients(world, issuer, report);
      await beRefused(world, issuer, report);
      await rotateKeys(world, issuer, report);
      await exchangeToken(world, issuer, report);
      await removeRule(world, issuer, report);
    } finally {
      await issuer.stop();
    }
  },
};

async function prepare(world: World, issuer: OidcIssuer, report: Report): Promise<void> {
  await report.step('the administrator allows the issuer, and a rule trusts it', async () => {
    await send(world, 'PUT', '/configurations', { federation_issuers: issuer.url }, 200);
    await world.api.createPrivateProject(PROJECT);
    await send(world, 'POST', `/projects/${PROJECT}/trust-rules`, ruleFor(issuer), 201);
  });
  await report.check('a rule that any workload would fit is refused', () =>
    send(
      world,
      'POST',
      `/projects/${PROJECT}/trust-rules`,
      { ...ruleFor(issuer), name: 'open', conditions: [{ claim: 'repository', pattern: '*' }] },
      400,
    ),
  );
}

function ruleFor(issuer: OidcIssuer) {
  const access = [{ resource: 'repository', action: 'push' }];
  return {
    name: 'ci',
    issuer: issuer.url,
    audience: AUDIENCE,
    conditions: [
      { claim: 'repository', pattern: 'org/*' },
      { claim: 'ref', pattern: 'refs/heads/main' },
    ],
    permissions: [{ namespace: `${PROJECT}/team-a/**`, access }],
    lifetime_seconds: 600,
  };
}

async function useClients(world: World, issuer: OidcIssuer, report: Report): Promise<void> {
  const token = await issuer.token(AUDIENCE);
  const docker = await world.client('docker', 'docker-federation');
  const crane = await craneWith(world, token, 'crane-federation');
  const layer = await writeLayerArchive(world.directory, 'federation-layer', 1);
  const image = `${world.registry.host}/${INSIDE}:1`;

  await report.step('docker logs in as oidc with the token of its job', () => logIn(world, docker, token));
  const pushed = await report.step('crane pushes inside the pattern with the same token', async () =>
    digestIn(await crane.run(['append', '--new_layer', layer, '--new_tag', image])),
  );
  await report.check('the registry holds the digest crane reports', async () =>
    expectSame('digest', await world.api.digest(INSIDE, '1'), pushed),
  );
  await report.check('docker pulls what crane pushed, and pushes it again under another tag', async () => {
    expectSame('digest', digestIn(await docker.run(['pull', image])), pushed);
    const again = `${world.registry.host}/${INSIDE}:2`;
    await docker.run(['tag', image, again]);
    await docker.run(['push', again]);
  });
  await report.check('crane may neither push nor pull outside the pattern', async () => {
    const outside = `${world.registry.host}/${OUTSIDE}:1`;
    const denied = /unauthorized/i;
    await crane.refused(['append', '--new_layer', layer, '--new_tag', outside], denied);
    await crane.refused(['manifest', outside], denied);
    await crane.refused(['append', '--new_layer', layer, '--new_tag', `${world.registry.host}/library/x:1`], denied);
  });
}

async function rotateKeys(world: World, issuer: OidcIssuer, report: Report): Promise<void> {
  await report.check(
    'jobs log in with tokens that the issuer signs with a new key, and with those of before',
    async () => {
      const before = await issuer.token(AUDIENCE);
      await issuer.rotate('ES256');
      const docker = await world.client('docker', 'docker-rotated');
      await logIn(world, docker, await issuer.token(AUDIENCE));
      await logIn(world, docker, before);
    },
  );
}

async function beRefused(world: World, issuer: OidcIssuer, report: Report): Promise<void> {
  const docker = await world.client('docker', 'docker-refused');
  const refusals: Readonly<Record<string, () => Promise<string>>> = {
    'for another audience': () => issuer.token('elsewhere'),
    'of another repository': () => issuer.token(AUDIENCE, { repository: 'stranger/app' }),
    'of another branch': () => issuer.token(AUDIENCE, { ref: 'refs/heads/feature' }),
    'without a signature': async () => (await issuer.token(AUDIENCE)).replace(/[^.]+$/, ''),
  };
  for (const [what, make] of Object.entries(refusals)) {
    await report.check(`a token ${what} is refused`, async () => {
      const input = await make();
      const login = ['login', '--username', 'oidc', '--password-stdin', world.registry.host];
      await docker.refused(login, /unauthorized|401/i, { input });
    });
  }
}

async function exchangeToken(world: World, issuer: OidcIssuer, report: Report): Promise<void> {
  await report.check('who is not docker exchanges the token', async () => {
    const scope = `repository:${INSIDE}:pull`;
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: await issuer.token(AUDIENCE),
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      scope,
    });
    const response = await fetch(`${world.registry.url}/service/token-exchange`, { method: 'POST', body });
    expectSame('status', response.status, 200);
    const { access_token: token } = (await response.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${token}` };
    const manifest = await fetch(`${world.registry.url}/v2/${INSIDE}/manifests/1`, { headers });
    expectSame('status of the manifest', manifest.status, 200);
  });
}

async function removeRule(world: World, issuer: OidcIssuer, report: Report): Promise<void> {
  const crane = await craneWith(world, await issuer.token(AUDIENCE), 'crane-removed');
  const image = `${world.registry.host}/${INSIDE}:1`;
  await report.check('a job is nobody any more ten seconds after its rule was deleted', async () => {
    await crane.run(['manifest', image]);
    const listed = await send(world, 'GET', `/projects/${PROJECT}/trust-rules`, undefined, 200);
    const [rule] = (await listed.json()) as { readonly id: number }[];
    await send(world, 'DELETE', `/projects/${PROJECT}/trust-rules/${rule?.id}`, undefined, 200);
    await new Promise((resolve) => setTimeout(resolve, FORGET_SECONDS * 1_000));
    await crane.refused(['manifest', image], /unauthorized/i);
  });
}

async function craneWith(world: World, token: string, name: string): Promise<Client> {
  const crane = await world.client('crane', name);
  const login = ['auth', 'login', world.registry.host, '--username', 'oidc', '--password-stdin'];
  await crane.run(login, { input: token });
  return crane;
}

async function logIn(world: World, docker: Client, token: string): Promise<void> {
  await docker.run(['login', '--username', 'oidc', '--password-stdin', world.registry.host], { input: token });
}

/** As the administrator; throws unless the answer has the status. */
async function send(world: World, method: string, path: string, json: unknown, status: number): Promise<Response> {
  const { url, username, password } = world.registry;
  const response = await fetch(`${url}/api/v2.0${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  if (response.status === status) return response;
  throw new Error(`${method} ${path}: status ${response.status}, expected ${status}: ${await response.text()}`);
}
