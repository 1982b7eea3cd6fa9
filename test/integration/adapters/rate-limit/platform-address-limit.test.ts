import { expect, it } from 'vitest';
import { PlatformAddressLimit } from '#adapters/rate-limit/platform-address-limit';
import { testEnv } from '#test/support/server';

it('an address is refused once it has used up the limit of wrangler.toml, and others are not', async () => {
  const { LOGIN_RATE: rate } = testEnv;
  if (!rate) throw new Error('wrangler.toml binds no LOGIN_RATE');
  const limit = new PlatformAddressLimit({ rate });
  const answers: boolean[] = [];
  for (let login = 0; login < 700; login++) answers.push(await limit.admits('203.0.113.77'));
  // A period may end in the middle; then twice the limit passes.
  expect(answers.filter((admitted) => admitted).length).toBeLessThanOrEqual(600);
  expect(answers.slice(0, 300).every((admitted) => admitted)).toBe(true);
  expect(await limit.admits('192.0.2.2')).toBe(true);
});

it('a limit that cannot be asked admits', async () => {
  const broken: RateLimit = { limit: () => Promise.reject(new Error('unavailable')) };
  expect(await new PlatformAddressLimit({ rate: broken }).admits('203.0.113.77')).toBe(true);
});
