import { describe, expect, it } from 'vitest';
import type { IdentityToken } from '#domain/federation/identity-token';
import { isTrusted, permissionsOf, type TrustRule } from '#domain/federation/trust-rule';

const rule: TrustRule = {
  id: 1,
  projectId: 7,
  project: 'team',
  name: 'ci',
  description: '',
  issuer: 'https://issuer.example',
  audience: 'registry',
  conditions: [
    { claim: 'repository', pattern: 'org/*' },
    { claim: 'ref', pattern: 'refs/heads/main' },
  ],
  permissions: [{ repositoryPattern: 'app/**', access: [{ resource: 'repository', action: 'push' }] }],
  lifetimeSeconds: 600,
  isDisabled: false,
  securityVersion: 1,
  createdAtMs: 0,
  updatedAtMs: 0,
};
const token: IdentityToken = {
  issuer: 'https://issuer.example',
  subject: 'somebody',
  audiences: ['other', 'registry'],
  fingerprint: 'f',
  expiresAtMs: 0,
  claims: { repository: 'org/app', ref: 'refs/heads/main' },
};

describe('isTrusted', () => {
  it('holds when issuer, audience and every condition fit', () => {
    expect(isTrusted(rule, token)).toBe(true);
  });

  it.each<[string, Partial<TrustRule>, Partial<IdentityToken>]>([
    ['a rule that is disabled', { isDisabled: true }, {}],
    ['a rule without conditions', { conditions: [] }, {}],
    ['another issuer', {}, { issuer: 'https://issuer.example/' }],
    ['another audience', {}, { audiences: ['other'] }],
    ['one condition of two', {}, { claims: { repository: 'org/app', ref: 'refs/heads/dev' } }],
    ['a claim that is missing', {}, { claims: { ref: 'refs/heads/main' } }],
  ])('does not for %s', (_, ruleChange, tokenChange) => {
    expect(isTrusted({ ...rule, ...ruleChange }, { ...token, ...tokenChange })).toBe(false);
  });
});

describe('permissionsOf', () => {
  it('lets who may push pull too, within the same repositories of the rule’s project', () => {
    expect(permissionsOf(rule)).toEqual([
      {
        kind: 'project',
        projectId: 7,
        repositoryPattern: 'app/**',
        access: [
          { resource: 'repository', action: 'push', effect: 'allow' },
          { resource: 'repository', action: 'pull', effect: 'allow' },
        ],
      },
    ]);
  });
});
