import { describe, expect, it } from 'vitest';
import { inProject, type MadeRobot, makeRobot } from '#test/support/robots';
import { asAdmin, basic, bearer, createServer, fetchToken, insertUser, type TestServer } from '#test/support/server';

const DAY_MS = 24 * 3_600_000;
/** What was remembered of an account is looked at again after this. */
const FACTS_MS = 10_001;
const server = createServer();
const asActor = { username: 'admin', sourceAddress: undefined };

const login = async (on: TestServer, name: string, secret: string) =>
  (await on.request('/v2/', { headers: basic(name, secret) })).status;
const ping = async (on: TestServer, token: string) => (await on.request('/v2/', { headers: bearer(token) })).status;
const ofLibrary = (name: string, duration = 30) => ({
  name,
  level: 'project',
  duration,
  permissions: [inProject('library', 'repository:push')],
});
const tokenOf = (on: TestServer, { name, secret }: MadeRobot) =>
  fetchToken(on, 'repository:library/app:pull', basic(name, secret));
const change = (robot: MadeRobot, body: object) =>
  server.request(`/api/v2.0/robots/${robot.id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...asAdmin },
    body: JSON.stringify({ ...ofLibrary(''), ...robot, ...body }),
  });

describe('a robot logs in', () => {
  it('with its whole name and its secret, and with nothing else', async () => {
    const { name, secret } = await makeRobot(server, ofLibrary('login'));
    expect(await login(server, name, secret)).toBe(200);
    expect(await login(server, name, `${secret}x`)).toBe(401);
    expect(await login(server, name, '')).toBe(401);
    expect(await login(server, 'login', secret)).toBe(401);
    expect(await login(server, 'robot$login', secret)).toBe(401);
    expect(await login(server, `${name}+x`, secret)).toBe(401);
    expect(await login(server, 'robot$none+login', secret)).toBe(401);
  });

  it('until it expires, and no token of its outlives it', async () => {
    const here = createServer();
    const made = await makeRobot(here, ofLibrary('expiring', 1));
    const early = await tokenOf(here, made);
    here.clock.advance(DAY_MS - 60_000);
    const query = 'service=harbor-registry&scope=repository:library/app:pull';
    const answer = await here.request(`/service/token?${query}`, { headers: basic(made.name, made.secret) });
    const late = (await answer.json()) as { token: string; expires_in: number };
    expect(late.expires_in).toBeLessThanOrEqual(60);
    expect(await ping(here, late.token)).toBe(200);
    here.clock.advance(60_001);
    expect(await login(here, made.name, made.secret)).toBe(401);
    expect(await ping(here, early)).toBe(401);
    expect(await ping(here, late.token)).toBe(401);
  });

  it('while it is not disabled: elsewhere that is known within 10 s', async () => {
    const elsewhere = createServer();
    const made = await makeRobot(server, ofLibrary('disabled'));
    expect(await login(elsewhere, made.name, made.secret)).toBe(200);
    const token = await tokenOf(elsewhere, made);
    expect((await change(made, { disable: true })).status).toBe(200);
    expect(await login(server, made.name, made.secret)).toBe(401);
    elsewhere.clock.advance(FACTS_MS);
    expect(await login(elsewhere, made.name, made.secret)).toBe(401);
    expect(await ping(elsewhere, token)).toBe(401);
    expect((await change(made, { disable: false })).status).toBe(200);
    expect(await login(server, made.name, made.secret)).toBe(200);
  });

  it('with its new secret only: old ones and their tokens end, elsewhere within 10 s', async () => {
    const elsewhere = createServer();
    const made = await makeRobot(server, ofLibrary('renewed'));
    const tokens = [await tokenOf(server, made), await tokenOf(elsewhere, made)] as const;
    expect(await ping(elsewhere, tokens[1])).toBe(200);
    const response = await server.request(`/api/v2.0/robots/${made.id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', ...asAdmin },
      body: JSON.stringify({ secret: '' }),
    });
    const { secret } = (await response.json()) as MadeRobot;
    expect(await login(server, made.name, made.secret)).toBe(401);
    expect(await ping(server, tokens[0])).toBe(401);
    elsewhere.clock.advance(FACTS_MS);
    expect(await login(elsewhere, made.name, made.secret)).toBe(401);
    expect(await ping(elsewhere, tokens[1])).toBe(401);
    expect(await login(elsewhere, made.name, secret)).toBe(200);
  });

  it('under the prefix that is set, which leaves the names of people to them', async () => {
    const here = createServer();
    const made = await makeRobot(here, ofLibrary('renamed'));
    await insertUser(here, 'bot-person', 'Passw0rd-person');
    await here.services.configuration.update({ robot_name_prefix: 'bot-' }, asActor);
    expect(await login(here, 'bot-library+renamed', made.secret)).toBe(200);
    expect(await login(here, made.name, made.secret)).toBe(401);
    expect(await login(here, 'bot-person', 'Passw0rd-person')).toBe(200);
    const seen = await here.request(`/api/v2.0/robots/${made.id}`, { headers: asAdmin });
    expect(await seen.json()).toMatchObject({ name: 'bot-library+renamed' });
    await here.services.configuration.update({ robot_name_prefix: 'robot$' }, asActor);
  });

  it('under no earlier prefix: elsewhere that is known within 10 s, though the login was remembered there', async () => {
    const elsewhere = createServer();
    const made = await makeRobot(server, ofLibrary('formerly'));
    expect(await login(elsewhere, made.name, made.secret)).toBe(200);
    await server.services.configuration.update({ robot_name_prefix: 'bot-' }, asActor);
    expect(await login(server, made.name, made.secret)).toBe(401);
    elsewhere.clock.advance(FACTS_MS);
    expect(await login(elsewhere, made.name, made.secret)).toBe(401);
    expect(await login(elsewhere, 'bot-library+formerly', made.secret)).toBe(200);
    await server.services.configuration.update({ robot_name_prefix: 'robot$' }, asActor);
  });
});
