import { afterEach, describe, expect, it } from 'vitest';
import { LdaptsDirectory } from '#adapters/ldap/ldapts-directory';
import { ldapSettings } from '#test/support/ldap-settings';
import { FakeDirectory, type Mischief } from '#test/support/suites/fake-directory';

const directory = new LdaptsDirectory();
const running: FakeDirectory[] = [];

async function startFake(mischief: Mischief) {
  const fake = await FakeDirectory.start(mischief);
  running.push(fake);
  // Only who says nothing is given up for the time alone; the others may take theirs on a busy machine.
  const timeoutSeconds = mischief === 'says-nothing' ? 1 : 30;
  return { fake, settings: ldapSettings({ url: fake.url, timeoutSeconds }) };
}

afterEach(async () => {
  for (const fake of running.splice(0)) await fake.stop();
});

describe('a directory that misbehaves', () => {
  it.each([
    ['says-nothing', 'timed out'],
    ['never-stops', 'more than 4000 messages'],
    ['huge-message', 'larger than 4 MiB'],
    ['lying-length', 'does not fit'],
    ['hangs-up', 'closed'],
  ] as const)('and %s is unavailable, and its connection is closed', async (mischief, cause) => {
    const { fake, settings } = await startFake(mischief);
    await expect(directory.authenticate(settings, 'someone', 'secret')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      cause: { message: expect.stringContaining(cause) },
    });
    await fake.untilLeft();
  });

  it('only in the controls, which nobody asked for, is understood', async () => {
    const { settings } = await startFake('lying-controls');
    expect(await directory.searchUsers(settings, 'someone')).toMatchObject([{ username: 'someone' }]);
  });
});

describe('settings that cannot work', () => {
  it.each([
    ['ldap_url', { url: 'http://directory.test' }],
    ['ldap_verify_cert', { url: 'ldaps://directory.test', isCertificateVerified: false }],
  ])('are refused without connecting, naming %s', async (setting, given) => {
    await expect(directory.ping(ldapSettings(given))).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining(setting),
    });
  });

  it.each([
    ['ldap_search_dn', { searchDn: ' ' }],
    ['ldap_search_password', { searchPassword: '' }],
    ['ldap_search_dn', { searchDn: 'EXTERNAL' }],
    ['ldap_filter', { filter: 'a~b' }],
  ])('are refused naming %s: %j', async (setting, given) => {
    const { settings } = await startFake('says-nothing');
    await expect(directory.searchUsers({ ...settings, ...given }, 'someone')).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining(setting),
    });
  });
});
