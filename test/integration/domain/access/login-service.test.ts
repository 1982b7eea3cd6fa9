import { scryptSync } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { ScryptHasher } from '#adapters/crypto/scrypt-hasher';
import { Sealer } from '#adapters/crypto/sealer';
import { D1ConfigurationStore } from '#adapters/d1/configuration-store';
import { D1UserStore } from '#adapters/d1/user-store';
import { LoginService } from '#domain/access/login-service';
import { formatPasswordHash } from '#domain/access/password';
import { PasswordLogin } from '#domain/access/password-login';
import { SubjectService } from '#domain/access/subject-service';
import { ConfigurationService } from '#domain/configuration/configuration-service';
import { UserService } from '#domain/users/user-service';
import { TestClock } from '#test/support/harness';
import { TEST_PASSWORD_COST } from '#test/support/password-cost';
import { insertUser, testEnv } from '#test/support/server';

const clock = new TestClock();

function createLogins() {
  const hasher = new ScryptHasher({ clock, parameters: TEST_PASSWORD_COST });
  const work = { computations: vi.spyOn(hasher, 'verify'), hashes: vi.spyOn(hasher, 'hash') };
  const configuration = new ConfigurationService({
    store: new D1ConfigurationStore({ db: testEnv.DB }),
    logReceiver: { isThere: async () => true },
    secrets: new Sealer({ secretKey: 'unused', purpose: 'configuration' }),
    clock,
    overwritten: undefined,
  });
  const users = new UserService({ users: new D1UserStore({ db: testEnv.DB }), hasher, configuration, clock });
  const nobody = { versionOf: async () => undefined };
  const subjects = new SubjectService({ user: users, robot: nobody, 'trust-rule': nobody });
  const methods = [
    new PasswordLogin({ users, hasher, configuration, directories: {}, adminPassword: 'First-passw0rd' }),
  ];
  return { work, hasher, logins: new LoginService({ methods, subjects, configuration, clock, missingSecrets: [] }) };
}

const hashOf = (username: string) =>
  testEnv.DB.prepare('select password_hash from users where username = ?')
    .bind(username)
    .first<string>('password_hash');

describe('the first login of admin', () => {
  it('takes the password of the deployment and stores its hash, after which the deployment’s counts no more', async () => {
    const { logins } = createLogins();
    expect(await hashOf('admin')).toBeNull();
    expect(await logins.login('admin', 'wrong')).toBeUndefined();
    expect(await hashOf('admin')).toBeNull();
    expect(await logins.login('admin', 'First-passw0rd')).toMatchObject({ userId: 1, isSystemAdmin: true });
    expect(await hashOf('admin')).toMatch(/^scrypt\$256\$8\$1\$/);
    await testEnv.DB.prepare(`update users set password_hash = null, username = 'former' where id = 1`).run();
    expect(await createLogins().logins.login('former', 'First-passw0rd')).toBeUndefined();
    await testEnv.DB.prepare(`update users set username = 'admin' where id = 1`).run();
  });
});

describe('a login', () => {
  it('costs one computation, whether the user exists or not', async () => {
    await insertUser({ clock }, 'login-known', 'Passw0rd-known');
    const { logins, work } = createLogins();
    for (const username of ['login-known', 'login-unknown', 'admin']) {
      work.computations.mockClear();
      work.hashes.mockClear();
      expect(await logins.login(username, 'wrong')).toBeUndefined();
      expect(work.computations.mock.calls.length + work.hashes.mock.calls.length).toBe(1);
    }
  });

  it('is computed once when many arrive together with the same password', async () => {
    await insertUser({ clock }, 'login-crowd', 'Passw0rd-crowd');
    const { logins, hasher } = createLogins();
    let answeredByAnother = 0;
    const verify = ScryptHasher.prototype.verify.bind(hasher);
    vi.spyOn(hasher, 'verify').mockImplementation((password, stored, isKnown = () => false) =>
      verify(password, stored, () => {
        if (isKnown()) answeredByAnother++;
        return isKnown();
      }),
    );
    const crowd = Array.from({ length: 8 }, () => logins.login('login-crowd', 'Passw0rd-crowd'));
    expect((await Promise.all(crowd)).every((principal) => principal?.username === 'login-crowd')).toBe(true);
    expect(answeredByAnother).toBe(7);
    expect(await logins.login('login-crowd', 'wrong')).toBeUndefined();
  });

  it('is remembered for a minute, with the password it was made with', async () => {
    await insertUser({ clock }, 'login-remembered', 'Passw0rd-right');
    const { logins, work } = createLogins();
    const login = (password: string) => logins.login('login-remembered', password);
    expect(await login('Passw0rd-right')).toBeDefined();
    expect(await login('Passw0rd-right')).toBeDefined();
    expect(work.computations).toHaveBeenCalledTimes(1);
    expect(await login('Passw0rd-wrong')).toBeUndefined();
    expect(work.computations).toHaveBeenCalledTimes(2);
    clock.advance(60_000);
    expect(await login('Passw0rd-right')).toBeDefined();
    expect(work.computations).toHaveBeenCalledTimes(3);
  });

  it('renews a hash whose parameters are not those in use', async () => {
    const id = await insertUser({ clock }, 'login-old', 'unused');
    const salt = new Uint8Array(16).fill(7);
    const key = new Uint8Array(scryptSync('Passw0rd-old', salt, 32, { N: 16, r: 8, p: 1 }));
    const stored = formatPasswordHash({ parameters: { cost: 16, blockSize: 8, parallelization: 1 }, salt, key });
    await testEnv.DB.prepare('update users set password_hash = ? where id = ?').bind(stored, id).run();
    expect(await createLogins().logins.login('login-old', 'Passw0rd-old')).toBeDefined();
    expect(await hashOf('login-old')).toMatch(/^scrypt\$256\$8\$1\$/);
    expect(await createLogins().logins.login('login-old', 'Passw0rd-old')).toBeDefined();
  });
});
