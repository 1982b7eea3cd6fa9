import { describe, expect, it } from 'vitest';
import { identityFromClaims } from '#domain/oidc/oidc-identity';

const RULES = { userClaim: '', groupsClaim: 'groups', adminGroup: 'admins', groupFilter: '' };
const CLAIMS = { sub: 'u1', iss: 'https://id.example', name: 'Ada Lovelace', preferred_username: 'ada' };

function groupNames(claims: Record<string, unknown>, rules: Partial<typeof RULES> = {}) {
  return identityFromClaims({ ...CLAIMS, ...claims }, { ...RULES, ...rules })?.groups.map(({ name }) => name);
}

function username(claims: Record<string, unknown>, userClaim = '') {
  return identityFromClaims({ ...CLAIMS, ...claims }, { ...RULES, userClaim })?.username;
}

describe('an identity from claims', () => {
  it('is known by subject and issuer', () => {
    expect(identityFromClaims(CLAIMS, RULES)?.subjectIssuer).toBe('u1https://id.example');
  });

  it.each([{ sub: '' }, { sub: 1 }, { sub: 'a'.repeat(256) }, { iss: undefined }])('is nobody with %j', (claims) => {
    expect(identityFromClaims({ ...CLAIMS, ...claims }, RULES)).toBeUndefined();
  });

  it('carries the address and the real name', () => {
    const identity = identityFromClaims({ ...CLAIMS, email: 'ada@id.example' }, RULES);
    expect(identity).toMatchObject({ email: 'ada@id.example', realname: 'Ada Lovelace' });
  });
});

describe('the proposed user name', () => {
  it('is the claim `name` with underscores for blanks', () => {
    expect(username({})).toBe('Ada_Lovelace');
  });

  it('is `preferred_username` without a name', () => {
    expect(username({ name: undefined })).toBe('ada');
  });

  it('is the configured claim, and nothing else', () => {
    expect(username({ upn: 'lovelace' }, 'upn')).toBe('lovelace');
    expect(username({ upn: 7 }, 'upn')).toBe('');
    expect(username({}, 'upn')).toBe('');
  });

  it('is empty for one that is too long', () => {
    expect(username({ upn: 'a'.repeat(256) }, 'upn')).toBe('');
  });
});

describe('groups from claims', () => {
  it('are those of an array that are names', () => {
    expect(groupNames({ groups: ['dev', 3, '', null, 'ops', 'dev', 'x'.repeat(256)] })).toEqual(['dev', 'ops']);
  });

  it('are one for a string', () => {
    expect(groupNames({ groups: 'dev' })).toEqual(['dev']);
  });

  it.each([undefined, 7, { dev: true }])('are none for %j', (groups) => {
    expect(groupNames({ groups })).toEqual([]);
  });

  it('are none without a configured claim', () => {
    expect(groupNames({ groups: ['dev'], '': ['dev'] }, { groupsClaim: '' })).toEqual([]);
  });

  it('are a thousand at most', () => {
    expect(groupNames({ groups: Array.from({ length: 5_000 }, (_, n) => `g${n}`) })).toHaveLength(1_000);
  });

  it('pass the filter', () => {
    expect(groupNames({ groups: ['team-dev', 'hr'] }, { groupFilter: '^team-' })).toEqual(['team-dev']);
  });

  it('are none under a filter that cannot be read', () => {
    expect(groupNames({ groups: ['team-dev'] }, { groupFilter: '(' })).toEqual([]);
  });
});

describe('the administrators of the provider', () => {
  const isAdministrator = (groups: unknown, rules: Partial<typeof RULES> = {}) =>
    identityFromClaims({ ...CLAIMS, groups }, { ...RULES, ...rules })?.isAdministrator;

  it('are the members of the admin group, filtered out or not', () => {
    expect(isAdministrator(['admins'])).toBe(true);
    expect(isAdministrator(['admins'], { groupFilter: '^team-' })).toBe(true);
    expect(isAdministrator(['dev'])).toBe(false);
  });

  it('are nobody without an admin group', () => {
    expect(isAdministrator(['', 'admins'], { adminGroup: '' })).toBe(false);
  });
});
