import { describe, expect, it } from 'vitest';
import { extraParameters, isOfProvider, scopesToAsk } from '#domain/oidc/oidc-settings';

describe('what is asked of a provider', () => {
  it('is always an id token', () => {
    expect(scopesToAsk({ scopes: ['email'] })).toEqual(['openid', 'email']);
    expect(scopesToAsk({ scopes: ['openid', 'email', 'openid'] })).toEqual(['openid', 'email']);
  });

  it('is consent along with offline access, unless the settings say otherwise', () => {
    const scopes = ['openid', 'offline_access'];
    expect(extraParameters({ scopes, extraRedirectParameters: {} })).toEqual({ prompt: 'consent' });
    expect(extraParameters({ scopes, extraRedirectParameters: { prompt: 'login' } })).toEqual({ prompt: 'login' });
    expect(extraParameters({ scopes: ['openid'], extraRedirectParameters: {} })).toEqual({});
  });

  it('takes nothing from the settings that the login itself decides', () => {
    const extraRedirectParameters = {
      state: 'x',
      nonce: 'x',
      redirect_uri: 'x',
      response_type: 'token',
      hd: 'example',
    };
    expect(extraParameters({ scopes: [], extraRedirectParameters })).toEqual({ hd: 'example' });
  });
});

describe('an identity', () => {
  it.each([
    ['https://id.example', 'https://id.example'],
    ['https://id.example/', 'https://id.example'],
    ['https://ID.example', 'https://id.example/'],
    ['https://id.example/realms/a', 'https://id.example/realms/a'],
  ])('is of the provider %s when its issuer is %s', (endpoint, issuer) => {
    expect(isOfProvider(`u1${issuer}`, { endpoint })).toBe(true);
  });

  it.each([
    ['https://id.example/realms/b', 'https://id.example/realms/a'],
    ['https://d.example', 'https://id.example'],
    ['https://id.example', 'https://id.example/realms/a'],
    ['', 'https://id.example'],
  ])('is not of the provider %j when its issuer is %s', (endpoint, issuer) => {
    expect(isOfProvider(`u1${issuer}`, { endpoint })).toBe(false);
  });
});
