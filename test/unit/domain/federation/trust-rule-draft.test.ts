import { describe, expect, it } from 'vitest';
import { parseIssuers } from '#domain/federation/issuer-policies';
import type { TrustRuleDraft } from '#domain/federation/trust-rule';
import { trustRuleProblem } from '#domain/federation/trust-rule-draft';

const GITHUB = 'https://token.actions.githubusercontent.com';
const GITLAB = 'https://gitlab.com';
const OWN = 'https://ci.example.com';
const policy = { issuers: [GITHUB, GITLAB, OWN, 'http://127.0.0.1:1'], isLoopbackAllowed: false };
const draft: TrustRuleDraft = {
  name: 'ci',
  description: '',
  issuer: OWN,
  audience: 'registry',
  conditions: [{ claim: 'sub', pattern: 'system:serviceaccount:build:*' }],
  permissions: [{ repositoryPattern: undefined, access: [{ resource: 'repository', action: 'push' }] }],
  lifetimeSeconds: 600,
  isDisabled: false,
};
const problemOf = (change: Partial<TrustRuleDraft>) => trustRuleProblem({ ...draft, ...change }, policy);
const access = draft.permissions[0]?.access ?? [];

describe('trustRuleProblem', () => {
  it('has nothing against a rule that says whom it trusts', () => {
    expect(problemOf({})).toBeUndefined();
    expect(problemOf({ lifetimeSeconds: 60 })).toBeUndefined();
    expect(problemOf({ lifetimeSeconds: 3_600 })).toBeUndefined();
  });

  it.each<[string, Partial<TrustRuleDraft>, RegExp]>([
    ['no name', { name: '' }, /name/],
    ['a name with a slash', { name: 'a/b' }, /name/],
    ['no audience', { audience: ' ' }, /audience/],
    ['an issuer not on the list', { issuer: 'https://other.example.com' }, /federation_issuers/],
    ['a listed issuer at another spelling', { issuer: `${OWN}/` }, /federation_issuers/],
    ['a listed issuer at a private address', { issuer: 'http://127.0.0.1:1' }, /https/],
    ['a lifetime under a minute', { lifetimeSeconds: 59 }, /lifetime/],
    ['a lifetime over an hour', { lifetimeSeconds: 3_601 }, /lifetime/],
    ['a lifetime with a fraction', { lifetimeSeconds: 600.5 }, /lifetime/],
    ['no condition', { conditions: [] }, /condition/],
    ['eleven conditions', { conditions: Array(11).fill({ claim: 'a', pattern: 'b' }) }, /at most 10/],
    ['a pattern too long', { conditions: [{ claim: 'sub', pattern: 'a'.repeat(257) }] }, /at most 256/],
    ['a claim without a name', { conditions: [{ claim: '', pattern: 'a' }] }, /name/],
    ['a pattern that fits anything', { conditions: [{ claim: 'sub', pattern: '**' }] }, /anything/],
    ['only question marks', { conditions: [{ claim: 'sub', pattern: '?*?' }] }, /anything/],
    ['a condition on the issuer', { conditions: [{ claim: 'iss', pattern: OWN }] }, /no workload/],
    ['a condition on the audience by a pointer', { conditions: [{ claim: '/aud', pattern: 'a' }] }, /no workload/],
    ['a condition on a member of the audience', { conditions: [{ claim: '/aud/0', pattern: 'a' }] }, /no workload/],
    ['no permissions', { permissions: [] }, /permissions/],
    ['21 permissions', { permissions: Array(21).fill(draft.permissions[0]) }, /at most 20/],
    ['a permission for nothing', { permissions: [{ repositoryPattern: undefined, access: [] }] }, /accesses/],
    ['a pattern of no repositories', { permissions: [{ repositoryPattern: '', access }] }, /pattern/],
    [
      'a permission on the system',
      { permissions: [{ repositoryPattern: undefined, access: [{ resource: 'quota', action: 'update' }] }] },
      /quota:update/,
    ],
  ])('refuses %s', (_, change, problem) => {
    expect(problemOf(change)).toMatch(problem);
  });
});

describe('a rule for an issuer that signs for everybody', () => {
  it.each([
    [GITHUB, 'sub', 'repo:org/*'],
    [GITHUB, 'sub', 'repo:org@1/app@2:ref:refs/heads/main'],
    [GITHUB, 'repository', 'org/app'],
    [GITHUB, 'repository_owner', 'org'],
    [GITHUB, 'repository_owner_id', '42'],
    [GITLAB, 'sub', 'project_path:group/*'],
    [GITLAB, 'namespace_path', 'group'],
    [GITLAB, 'namespace_path', 'group/*'],
    [GITLAB, 'project_path', 'group/app'],
  ])('%s: is content with %s %s', (issuer, claim, pattern) => {
    expect(problemOf({ issuer, conditions: [{ claim, pattern }] })).toBeUndefined();
  });

  it.each([
    [GITHUB, 'sub', 'repo:*'],
    [GITHUB, 'sub', 'repo:org*'],
    [GITHUB, 'sub', 'repo:*/app:*'],
    [GITHUB, 'sub', 'repo:org'],
    [GITHUB, 'sub', '*:ref:refs/heads/main'],
    [GITHUB, 'ref', 'refs/heads/main'],
    [GITHUB, 'repository', '*/app'],
    [GITHUB, 'repository', 'org*'],
    [GITHUB, 'repository_owner', 'org*'],
    [GITHUB, 'repository_id', '4?'],
    [GITLAB, 'sub', 'project_path:*'],
    [GITLAB, 'namespace_path', 'group*'],
    [GITLAB, 'ref_protected', 'true'],
  ])('%s: refuses %s %s, which strangers fit', (issuer, claim, pattern) => {
    expect(problemOf({ issuer, conditions: [{ claim, pattern }] })).toMatch(/signs for everybody/);
  });
});

describe('parseIssuers', () => {
  it('reads lines and commas', () => {
    expect(parseIssuers(' https://a.example,https://b.example\r\n\nhttps://c.example, ')).toEqual([
      'https://a.example',
      'https://b.example',
      'https://c.example',
    ]);
    expect(parseIssuers('')).toEqual([]);
  });
});
