import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { D1IdentityPinStore } from '#adapters/d1/identity-pin-store';
import { D1ProjectStore } from '#adapters/d1/project-store';
import { D1TrustRuleStore } from '#adapters/d1/trust-rule-store';
import { IssuerDocuments } from '#adapters/federation/issuer-documents';
import { IssuerKeys } from '#adapters/federation/issuer-keys';
import { JoseIdentityTokens } from '#adapters/federation/jose-identity-tokens';
import { newId } from '#core/ids';
import { FederationService } from '#domain/federation/federation-service';
import type { TrustRuleDraft } from '#domain/federation/trust-rule';
import { TrustRuleFacts } from '#domain/federation/trust-rule-facts';
import { ProjectFactsService } from '#domain/projects/project-facts-service';
import { createHarness, TestClock } from '#test/support/harness';
import { AUDIENCE, IdentityProvider, ISSUER } from '#test/support/identity-provider';
import { insertProject } from '#test/support/server';

const { DB: db } = env as unknown as { DB: D1Database };
const SOURCE = '192.0.2.7';

let clock: TestClock;
let provider: IdentityProvider;
let rules: D1TrustRuleStore;
let issuers: readonly string[];
let federation: FederationService;
let team: Team;

interface Team {
  readonly id: number;
  readonly name: string;
}

/** What an isolate that has just started knows. */
function newIsolate(): FederationService {
  const documents = new IssuerDocuments({ fetch: provider.fetch, isLoopbackAllowed: false });
  return new FederationService({
    facts: new TrustRuleFacts({ rules, clock }),
    pins: new D1IdentityPinStore({ db }),
    tokens: new JoseIdentityTokens({ keys: new IssuerKeys({ documents, clock }), clock }),
    projects: new ProjectFactsService({ projects: new D1ProjectStore({ db }), clock }),
    policies: { current: async () => ({ issuers, isLoopbackAllowed: false }) },
    clock,
  });
}

async function insertTeam(): Promise<Team> {
  const name = `team-${newId()}`;
  return { name, id: await insertProject(createHarness(), name) };
}

/** A rule that trusts `org/app`, but for what the test changes. */
async function insertRule(project: Team, change: Partial<TrustRuleDraft> = {}): Promise<number> {
  const draft: TrustRuleDraft = {
    name: `rule-${newId()}`,
    description: '',
    issuer: ISSUER,
    audience: AUDIENCE,
    conditions: [{ claim: 'repository', pattern: 'org/app' }],
    permissions: [{ repositoryPattern: 'app/**', access: [{ resource: 'repository', action: 'push' }] }],
    lifetimeSeconds: 600,
    isDisabled: false,
    ...change,
  };
  return rules.insert(project.id, draft, mutation(project));
}

function mutation(project: Team) {
  const audit = {
    projectId: project.id,
    operation: 'create',
    resourceType: 'trust-rule',
    resource: '',
    description: '',
  };
  const actor = { username: 'admin', sourceAddress: undefined };
  return { operationId: newId(), actor, nowMs: clock.nowMs(), audit, events: [] };
}

const use = (token: string, projects: readonly string[] = [team.name], by = federation) =>
  by.authenticate(token, { projects, sourceAddress: SOURCE });

async function auditedLogins(): Promise<readonly Record<string, unknown>[]> {
  const { results } = await db
    .prepare(`select project_id, username, source_address, description from audit_log where operation = 'login'`)
    .all();
  return results;
}

beforeEach(async () => {
  clock = new TestClock();
  provider = await IdentityProvider.start(clock);
  rules = new D1TrustRuleStore({ db });
  issuers = [ISSUER];
  federation = newIsolate();
  await db.batch([
    db.prepare('delete from trust_rules'),
    db.prepare(`delete from audit_log where operation = 'login'`),
  ]);
  team = await insertTeam();
});

describe('a workload that a rule trusts', () => {
  it('is a machine of the rule’s project with the rule’s permissions', async () => {
    const id = await insertRule(team);
    expect(await use(await provider.token())).toEqual({
      kind: 'robot',
      username: 'oidc$repo:org/app:ref:refs/heads/main',
      subject: { kind: 'trust-rule', id, securityVersion: 1 },
      projectId: team.id,
      permissions: [expect.objectContaining({ kind: 'project', projectId: team.id, repositoryPattern: 'app/**' })],
      expiresAtMs: expect.any(Number),
    });
  });

  it('has the permissions of every rule that trusts it in the projects asked about, and of no other', async () => {
    const other = await insertTeam();
    await insertRule(team);
    await insertRule(team, {
      permissions: [{ repositoryPattern: 'tool', access: [{ resource: 'tag', action: 'list' }] }],
    });
    await insertRule(team, { conditions: [{ claim: 'repository', pattern: 'org/tool' }] });
    await insertRule(other);
    const token = await provider.token();
    expect((await use(token))?.permissions).toHaveLength(2);
    expect((await use(token, [team.name, other.name]))?.permissions).toHaveLength(3);
    expect((await use(token, []))?.permissions).toHaveLength(3);
    expect(await use(token, ['library'])).toBeUndefined();
  });

  it.each<[string, Partial<TrustRuleDraft>]>([
    ['for other workloads', { conditions: [{ claim: 'repository', pattern: 'org/other' }] }],
    ['that is disabled', { isDisabled: true }],
    ['for another audience', { audience: 'elsewhere' }],
    ['of another issuer', { issuer: 'https://other.example.com' }],
  ])('is nobody by a rule %s', async (_, change) => {
    await insertRule(team, change);
    expect(await use(await provider.token())).toBeUndefined();
    expect(await auditedLogins()).toEqual([]);
  });

  it('is nobody once its project is deleted', async () => {
    await insertRule(team);
    await db.prepare('update projects set deleted_at_ms = 1 where id = ?').bind(team.id).run();
    expect(await use(await provider.token())).toBeUndefined();
  });

  it('is nobody ten seconds after its rule is deleted', async () => {
    const id = await insertRule(team);
    const token = await provider.token();
    expect(await use(token)).toBeDefined();
    const rule = await rules.find(team.id, id);
    if (rule) await rules.delete(rule, mutation(team));
    clock.advance(10_000);
    expect(await use(token)).toBeUndefined();
  });
});

describe('a token for several audiences', () => {
  it('is looked up in one query, and remembered audience by audience', async () => {
    await insertRule(team);
    await insertRule(team, { audience: 'second' });
    await insertRule(team, { audience: 'third' });
    const lookUps = vi.spyOn(rules, 'listTrusting');
    const token = await provider.token({ claims: { aud: ['second', AUDIENCE, 'nobody'] } });
    expect((await use(token))?.permissions).toHaveLength(2);
    expect((await use(await provider.token()))?.permissions).toHaveLength(1);
    expect(lookUps.mock.calls).toEqual([[ISSUER, ['second', AUDIENCE, 'nobody']]]);
  });
});

describe('an issuer', () => {
  it('that the administrator does not allow is never asked', async () => {
    await insertRule(team);
    issuers = [];
    expect(await use(await provider.token())).toBeUndefined();
    expect(provider.requests).toEqual([]);
  });

  it('that no rule trusts is never asked', async () => {
    expect(await use(await provider.token())).toBeUndefined();
    expect(provider.requests).toEqual([]);
  });

  it('is not asked about what could not be a token', async () => {
    await insertRule(team);
    for (const text of ['', 'password', 'a.b.c', 'x'.repeat(9_000)]) expect(await use(text)).toBeUndefined();
    expect(provider.requests).toEqual([]);
  });
});

describe('the life of an identity', () => {
  it('begins with the first use of the token, and lasts as long as the rule says, past the token’s own end', async () => {
    await insertRule(team, { lifetimeSeconds: 900 });
    const token = await provider.token();
    clock.advance(200_000);
    const first = await use(token);
    expect(first?.expiresAtMs).toBeCloseTo(clock.nowMs() + 900_000, -3);
    clock.advance(400_000);
    for (const isolate of [federation, newIsolate()]) {
      expect((await use(token, [team.name], isolate))?.expiresAtMs).toBe(first?.expiresAtMs);
    }
    clock.advance(500_000);
    for (const isolate of [federation, newIsolate()]) expect(await use(token, [team.name], isolate)).toBeUndefined();
  });

  it('is not begun anew by the same token while that is still good', async () => {
    await insertRule(team, { lifetimeSeconds: 60 });
    const token = await provider.token();
    expect(await use(token)).toBeDefined();
    clock.advance(61_000);
    expect(await use(token)).toBeUndefined();
    expect(await use(token, [team.name], newIsolate())).toBeUndefined();
    expect(await use(await provider.token())).toBeDefined();
  });

  it('is not begun by a token whose end has come, but for 30 s', async () => {
    await insertRule(team);
    const late = await provider.token();
    const tooLate = await provider.token();
    clock.advance(325_000);
    expect(await use(late)).toBeDefined();
    clock.advance(10_000);
    expect(await use(tooLate)).toBeUndefined();
  });

  it('is not lent to another token with the same jti that had ended before', async () => {
    await insertRule(team);
    const now = Math.floor(clock.nowMs() / 1_000);
    await use(await provider.token({ claims: { jti: 'same' } }));
    const ended = await provider.token({ claims: { jti: 'same', iat: now - 900, nbf: now - 900, exp: now - 600 } });
    expect(await use(ended)).toBeUndefined();
  });

  it('is the token’s own without a jti', async () => {
    await insertRule(team, { lifetimeSeconds: 60 });
    const token = await provider.token({ claims: { jti: undefined } });
    expect(await use(token)).toBeDefined();
    clock.advance(61_000);
    expect(await use(token)).toBeUndefined();
  });

  it('ends rule by rule', async () => {
    await insertRule(team, { lifetimeSeconds: 60 });
    await insertRule(team, { lifetimeSeconds: 600 });
    const token = await provider.token();
    const startedAtMs = clock.nowMs();
    expect((await use(token))?.expiresAtMs).toBeLessThan(startedAtMs + 70_000);
    clock.advance(61_000);
    const rest = await use(token);
    expect(rest?.permissions).toHaveLength(1);
    expect(rest?.expiresAtMs).toBeGreaterThan(startedAtMs + 590_000);
  });

  it('is forgotten only when the token can do nothing any more', async () => {
    const pins = new D1IdentityPinStore({ db });
    await insertRule(team, { lifetimeSeconds: 60 });
    const token = await provider.token({ claims: { exp: Math.floor(clock.nowMs() / 1_000) + 7_200 } });
    await use(token);
    clock.advance(7_100_000);
    await pins.sweep(clock.nowMs());
    expect(await use(token)).toBeUndefined();
    clock.advance(1_000_000);
    await pins.sweep(clock.nowMs());
    expect(
      await db
        .prepare('select count(*) as n from federated_identities where expires_at_ms <= ?')
        .bind(clock.nowMs())
        .first('n'),
    ).toBe(0);
  });
});

describe('the audit log', () => {
  it('tells each use once a minute and isolate, in the project it is about', async () => {
    await insertRule(team);
    const token = await provider.token();
    await use(token);
    await use(token);
    const row = {
      project_id: team.id,
      username: 'oidc$repo:org/app:ref:refs/heads/main',
      source_address: SOURCE,
      description: `login of repo:org/app:ref:refs/heads/main by a token of ${ISSUER}`,
    };
    expect(await auditedLogins()).toEqual([row]);
    await use(token, [team.name], newIsolate());
    clock.advance(60_000);
    await use(token);
    expect(await auditedLogins()).toEqual([row, row, row]);
  });

  it('does not tell the same use again for every project that does not exist', async () => {
    await insertRule(team);
    const token = await provider.token();
    for (const name of ['nowhere-1', 'nowhere-2', 'library']) await use(token, [team.name, name]);
    expect(await auditedLogins()).toHaveLength(1);
  });

  it('tells no project of logins that are about another one, or about none', async () => {
    const other = await insertTeam();
    await insertRule(team);
    await insertRule(other);
    const token = await provider.token();
    await use(token, [team.name]);
    await use(token, []);
    expect((await auditedLogins()).map((row) => row['project_id'])).toEqual([team.id, null]);
  });
});
