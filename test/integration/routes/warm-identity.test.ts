import { describe, expect, it, vi } from 'vitest';
import { ScryptHasher } from '#adapters/crypto/scrypt-hasher';
import { createHarness, type Harness } from '#test/support/harness';
import { basic, bearer, fetchToken, insertProject, insertUser } from '#test/support/server';

const calls: string[] = [];
const harness = createHarness({}, ({ binding, method }, invoke) => {
  calls.push(`${binding}.${method}`);
  return invoke();
});
const server = { ...harness, request: (path: string, init?: RequestInit) => harness.request('GET', path, init) };
const hashing = vi.spyOn(ScryptHasher.prototype, 'verify');

type Headers = Readonly<Record<string, string>>;

async function robotHeaders({ services }: Harness): Promise<Headers> {
  const { robot, secret } = await services.robots.create(
    {
      name: 'warm',
      description: '',
      projectId: undefined,
      secret: undefined,
      durationDays: -1,
      isDisabled: false,
      creator: { type: 'local', id: 1 },
      permissions: [
        {
          kind: 'project',
          projectId: undefined,
          repositoryPattern: undefined,
          access: [{ resource: 'repository', action: 'pull', effect: 'allow' }],
        },
      ],
    },
    { username: 'admin', sourceAddress: undefined },
  );
  return basic(`robot$${robot.name}`, secret);
}

describe('a warm request on /v2', () => {
  it('asks no database and hashes no password to know who asks', async () => {
    const id = await insertUser(harness, 'warm-user', 'Passw0rd-warm');
    await insertProject(harness, 'warm', { members: { [id]: 3 } });
    const user = basic('warm-user', 'Passw0rd-warm');
    const robot = await robotHeaders(harness);
    const scope = 'repository:warm/app:pull';
    const identities: Readonly<Record<string, Headers>> = {
      'a user with a password': user,
      'a user with a token': bearer(await fetchToken(server, scope, user)),
      'a robot with its secret': robot,
      'a robot with a token': bearer(await fetchToken(server, scope, robot)),
    };
    for (const [name, headers] of Object.entries(identities)) {
      const look = async () => (await harness.request('GET', '/v2/', { headers })).status;
      expect([name, await look()]).toEqual([name, 200]);
      calls.length = 0;
      hashing.mockClear();
      expect([name, await look(), calls.length, hashing.mock.calls.length]).toEqual([name, 200, 0, 0]);
    }
  });
});
