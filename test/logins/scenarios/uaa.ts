import { setTimeout as sleep } from 'node:timers/promises';
import { expectMatch, expectSame } from '#test/clients/expectations';
import { type Answer, type JsonRequest, readBasic, startJsonServer } from '#test/logins/json-server';
import { RegistryCaller } from '#test/logins/registry-caller';
import type { Report } from '#test/support/suites/report';
import type { Registry } from '#test/support/suites/roadstead-server';

const CLIENT = { id: 'harbor', secret: 'client secret: 100%' } as const;

const USERS: Readonly<Record<string, { readonly password: string; readonly name?: string; readonly email?: string }>> =
  {
    ulla: { password: 'Ulla:pass wörd', name: 'Ulla Example', email: 'ulla@example.com' },
    udo: { password: 'Udo-pass' },
  };

/** Answers as a UAA does: wrong users and wrong clients are both 401, with different errors. */
function answerAsUaa({ method, path, authorization, body }: JsonRequest): Answer {
  if (method === 'POST' && path === '/uaa/oauth/token') return answerGrant(new URLSearchParams(body), authorization);
  if (path.startsWith('/uaa/Users?')) return answerSearch(path, authorization);
  const user = USERS[/^bearer token-of-(.+)$/i.exec(authorization ?? '')?.[1] ?? ''];
  if (path !== '/uaa/userinfo' || !user) return refusal('invalid_token');
  return { status: 200, json: { user_id: '1', name: user.name, email: user.email } };
}

function answerGrant(form: URLSearchParams, authorization: string | undefined): Answer {
  const { username: id, password: secret } = readBasic(authorization);
  if (decodeForm(id) !== CLIENT.id || decodeForm(secret) !== CLIENT.secret) return refusal('invalid_client');
  const isClients = form.get('grant_type') === 'client_credentials';
  const username = isClients ? 'client' : (form.get('username') ?? '');
  const isUsers = form.get('grant_type') === 'password' && USERS[username]?.password === form.get('password');
  if (!isClients && !isUsers) return refusal();
  return { status: 200, json: { access_token: `token-of-${username}`, token_type: 'bearer' } };
}

/** The UAA's form of SCIM, for its own client alone. */
function answerSearch(path: string, authorization: string | undefined): Answer {
  if (!/^bearer token-of-client$/i.test(authorization ?? '')) return refusal('insufficient_scope');
  const filter = new URLSearchParams(path.split('?')[1]).get('filter') ?? '';
  const userName = /^userName eq ("(?:[^"\\]|\\.)*")$/.exec(filter)?.[1] ?? '""';
  const name = JSON.parse(userName) as string;
  const user = USERS[name];
  return { status: 200, json: { resources: user ? [{ userName: name, emails: [{ value: user.email ?? '' }] }] : [] } };
}

function refusal(error = 'unauthorized'): Answer {
  return { status: 401, json: { error, error_description: 'Bad credentials' } };
}

function decodeForm(text: string): string {
  return new URLSearchParams(`text=${text}`).get('text') ?? '';
}

/** Wants a registry where nobody but `admin` has logged in yet: afterwards the way of logging in cannot change. */
export async function uaaScenario({ registry }: { readonly registry: Registry }, report: Report): Promise<void> {
  const admin = new RegistryCaller(registry, registry.username, registry.password);
  const uaa = await startJsonServer(answerAsUaa);
  try {
    await report.step('the administrator sets uaa_auth', async () => {
      await admin.expect(200, 'PUT', '/api/v2.0/configurations', {
        auth_mode: 'uaa_auth',
        uaa_endpoint: `${uaa.url}/uaa`,
        uaa_client_id: CLIENT.id,
        uaa_client_secret: CLIENT.secret,
        uaa_verify_cert: false,
      });
    });
    await checkMembers(admin, report);
    await checkUsers(registry, report);
    await checkThrottle(registry, report);
    await report.check('the administrator logs in here all the same', async () =>
      expectSame('sysadmin_flag', (await admin.currentUser()).sysadmin_flag, true),
    );
  } finally {
    await uaa.stop();
  }
  await report.check('a UAA that is away is an outage and not a wrong password', async () => {
    const { status } = await new RegistryCaller(registry, 'ute', 'another').send('GET', '/api/v2.0/users/current');
    expectSame('status', status, 503);
  });
}

/** Before anybody has logged in. */
async function checkMembers(admin: RegistryCaller, report: Report): Promise<void> {
  const admit = (username: string, status: number) =>
    admin.expect(status, 'POST', '/api/v2.0/projects/library/members', { role_id: 3, member_user: { username } });
  await report.check('a user whom only the UAA knows becomes a member', () => admit('udo', 201));
  for (const username of ['nobody', 'udo" or userName eq "ulla']) {
    await report.check(`${username} does not`, () => admit(username, 404));
  }
}

async function checkUsers(registry: Registry, report: Report): Promise<void> {
  const ulla = new RegistryCaller(registry, 'ulla', USERS['ulla']?.password ?? '');
  await report.step('a user of the UAA logs in and is known by name and address', async () => {
    const user = await ulla.currentUser();
    expectSame('name', user.realname, 'Ulla Example');
    expectSame('address', user.email, 'ulla@example.com');
    expectSame('sysadmin_flag', user.sysadmin_flag, false);
  });
  await report.check('the token service knows the user too', async () => {
    await ulla.expect(200, 'GET', '/service/token?service=harbor-registry&scope=repository:library/x:pull');
    expectSame('pull of a missing image', await ulla.pull('library/x'), 404);
  });
  for (const [username, password] of [
    ['ulla', 'wrong'],
    ['nobody', 'wrong'],
    ['ulla&grant_type=x', USERS['ulla']?.password ?? ''],
  ] as const) {
    await report.check(`${username} is refused with a password that is not theirs`, async () => {
      await new RegistryCaller(registry, username, password).expect(401, 'GET', '/api/v2.0/users/current');
    });
  }
}

async function checkThrottle(registry: Registry, report: Report): Promise<void> {
  const ulla = new RegistryCaller(registry, 'ulla', USERS['ulla']?.password ?? '');
  const udo = new RegistryCaller(registry, 'udo', USERS['udo']?.password ?? '');
  let waitSeconds = 0;
  await report.step('fifty wrong passwords in a row end in 429, for the right one too', async () => {
    const statuses: number[] = [];
    for (let guess = 0; guess < 50; guess++) {
      const intruder = new RegistryCaller(registry, 'udo', `guess ${guess}`);
      statuses.push((await intruder.send('GET', '/api/v2.0/users/current')).status);
    }
    expectSame('the first five', statuses.slice(0, 5).join(), '401,401,401,401,401');
    expectSame('how many more were checked', statuses.slice(5).filter((status) => status !== 429).length < 5, true);
    const refused = await udo.expect(429, 'GET', '/api/v2.0/users/current');
    waitSeconds = Number(refused.headers.get('retry-after'));
    expectMatch('the envelope', await refused.text(), /TOO_MANY_REQUEST/);
    expectMatch('the envelope of /v2', await (await udo.expect(429, 'GET', '/v2/')).text(), /TOOMANYREQUESTS/);
  });
  await report.check('others are not held up', async () => {
    await ulla.currentUser();
  });
  await report.check('the right password works when the time is over', async () => {
    await sleep((waitSeconds + 1) * 1_000);
    await udo.currentUser();
  });
  await report.check('a password that was right a moment ago works through the wrong ones of others', async () => {
    for (let guess = 0; guess < 10; guess++) {
      await new RegistryCaller(registry, 'udo', `more ${guess}`).send('GET', '/api/v2.0/users/current');
    }
    await udo.currentUser();
  });
}
