import { describe, expect, it } from 'vitest';
import { loginClientOf } from '#domain/access/login-client';

describe('a client of logins', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('with the address %s is %s', (address, client) => {
    expect(loginClientOf(address)).toBe(client);
  });
});
