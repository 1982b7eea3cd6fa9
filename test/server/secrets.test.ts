import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSecrets } from '#scripts/embedded/secrets';
import { temporaryDirectory } from '#test/server/temporary-directory';

describe('the secrets of the embedded server', () => {
  it('makes a key once, for its owner alone, and uses it ever after', () => {
    const path = join(temporaryDirectory(), 'secret.key');
    const { secretKey } = loadSecrets({}, path);
    expect(secretKey).toMatch(/^[\w-]{64}$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(loadSecrets({}, path).secretKey).toBe(secretKey);
  });

  it('prefers the key of the environment and leaves the file alone', () => {
    const path = join(temporaryDirectory(), 'secret.key');
    const { secretKey } = loadSecrets({}, path);
    const given = 'k'.repeat(32);
    expect(loadSecrets({ ROADSTEAD_SECRET_KEY: given }, path).secretKey).toBe(given);
    expect(readFileSync(path, 'utf8').trim()).toBe(secretKey);
  });

  it('takes the default password where none is given', () => {
    const path = join(temporaryDirectory(), 'secret.key');
    expect(loadSecrets({}, path)).toMatchObject({ adminPassword: 'Harbor12345' });
    expect(loadSecrets({ ROADSTEAD_ADMIN_PASSWORD: 'another password' }, path)).toMatchObject({
      adminPassword: 'another password',
    });
  });

  it.each([
    ['ROADSTEAD_ADMIN_PASSWORD', 'short'],
    ['ROADSTEAD_SECRET_KEY', 'k'.repeat(31)],
  ])('refuses a %s that is too short', (name, value) => {
    const path = join(temporaryDirectory(), 'secret.key');
    expect(() => loadSecrets({ [name]: value }, path)).toThrow(name);
  });
});
