import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ScryptHasher } from '#adapters/crypto/scrypt-hasher';
import { systemClock } from '#core/clock';
import { adminPasswordWarnings } from '#scripts/embedded/admin-password';
import { openStateDirectory } from '#scripts/embedded/state-directory';
import { servingOptions } from '#scripts/embedded/worker-options';
import { temporaryDirectory } from '#test/server/temporary-directory';
import { TEST_PASSWORD_COST } from '#test/support/password-cost';

/** A database that knows nothing but the hash of admin's password. */
function storing(passwordHash: string | null) {
  return { prepare: () => ({ first: <T>() => Promise.resolve(passwordHash as T | null) }) };
}

const hashOf = (password: string) =>
  new ScryptHasher({ clock: systemClock, parameters: TEST_PASSWORD_COST }).hash(password);

describe('the warning about the password of admin', () => {
  it.each([
    ['nobody has logged in and none is given', null, undefined, [/well-known default.*set ROADSTEAD_ADMIN_PASSWORD/]],
    ['nobody has logged in and one is given', null, 'Another-passw0rd', []],
    ['the default is the stored one', 'Harbor12345', undefined, [/well-known default.*PUT/]],
    [
      'the default is the stored one and another is given',
      'Harbor12345',
      'Another-passw0rd',
      [/well-known default.*PUT/, /is ignored.*PUT \/api\/v2\.0\/users\/1\/password/],
    ],
    ['another is the stored one and none is given', 'Another-passw0rd', undefined, []],
    ['the stored one is given again', 'Another-passw0rd', 'Another-passw0rd', []],
    [
      'one that no longer counts is given',
      'Another-passw0rd',
      'A-third-passw0rd',
      [/is ignored.*PUT \/api\/v2\.0\/users\/1\/password/],
    ],
  ])('is right when %s', async (_, stored, given, expected) => {
    const database = storing(stored === null ? null : await hashOf(stored));
    const warnings = await adminPasswordWarnings(database, given);
    expect(warnings).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });
});

describe('a mistake of the person who starts the server', () => {
  it('is told when the state folder is a file', () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    expect(() => openStateDirectory(file)).toThrow(
      /cannot be made a state folder \(E\w+\); choose another with --state/,
    );
  });

  it.each([
    ['EXTERNAL_URL', 'registry.example.com:443', /EXTERNAL_URL: must begin with http/],
    ['EDGE_CACHE', 'yes', /EDGE_CACHE: must be on or off/],
  ])('is told when %s is %s, before anything is served', (name, value, expected) => {
    const parts = {
      options: { host: 'localhost', port: 0, stateDirectory: '', trustProxy: false, tls: undefined },
      state: openStateDirectory(temporaryDirectory()),
      config: { name: 'roadstead', workerOptions: { bindings: { EXTERNAL_URL: '', EDGE_CACHE: 'on' } } },
      bundlePath: '',
      secrets: { adminPassword: 'x', secretKey: 'y' },
      environment: { [name]: value },
    };
    expect(() => servingOptions(parts as unknown as Parameters<typeof servingOptions>[0])).toThrow(expected);
  });

  it('is told when the certificate is none', () => {
    const path = join(temporaryDirectory(), 'nothing.pem');
    writeFileSync(path, 'nothing');
    const parts = {
      options: { host: 'localhost', port: 0, tls: { certificatePath: path, keyPath: path } },
      state: openStateDirectory(temporaryDirectory()),
      config: { name: 'roadstead', workerOptions: { bindings: {}, assets: { directory: '.', binding: 'ASSETS' } } },
      bundlePath: '',
      secrets: {},
      environment: {},
    };
    expect(() => servingOptions(parts as unknown as Parameters<typeof servingOptions>[0])).toThrow(
      /the TLS certificate and key cannot be used/,
    );
  });
});
