import { describe, expect, it } from 'vitest';
import { createHarness } from '#test/support/harness';
import { errorOf } from '#test/support/server';

describe('logins at an OpenID Connect provider in another mode', () => {
  it.each(['/c/oidc/login', '/c/oidc/callback?state=a&code=b', '/c/oidc/logout', '/oidc-onboard'])(
    'are refused by %s with 412',
    async (path) => {
      const response = await createHarness().request('GET', path);
      expect(response.status).toBe(412);
      expect((await errorOf(response)).message).toBe('Auth Mode: db_auth is not OIDC based.');
    },
  );
});
