import type { Access, RobotPermission } from '#core/rbac/robot-permissions';
import { matchesClaim } from '#domain/federation/claim-pattern';
import { claimTexts } from '#domain/federation/claims';
import type { IdentityToken } from '#domain/federation/identity-token';

/** One claim that must fit. */
export interface ClaimCondition {
  /** The name of a claim, or a JSON pointer into the claims. */
  readonly claim: string;
  readonly pattern: string;
}

/** What a rule lets its workloads do in the project. */
export interface RulePermission {
  /** Glob over the repository's name within the project (`team-a/**`); undefined is every repository. */
  readonly repositoryPattern: string | undefined;
  readonly access: readonly Pick<Access, 'resource' | 'action'>[];
}

/** What an administrator says of a trust rule. */
export interface TrustRuleDraft {
  readonly name: string;
  readonly description: string;
  /** Exactly as tokens have it in `iss`. */
  readonly issuer: string;
  readonly audience: string;
  /** All of them must hold. */
  readonly conditions: readonly ClaimCondition[];
  readonly permissions: readonly RulePermission[];
  /** How long an identity lives from the first use of its token. */
  readonly lifetimeSeconds: number;
  readonly isDisabled: boolean;
}

/** A project's trust in workloads of an outside issuer. */
export interface TrustRule extends TrustRuleDraft {
  readonly id: number;
  readonly projectId: number;
  readonly project: string;
  /** Changes with every change of the rule. */
  readonly securityVersion: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Whether the workload behind a verified token is one the rule trusts. */
export function isTrusted(rule: TrustRule, token: IdentityToken): boolean {
  return (
    !rule.isDisabled &&
    rule.issuer === token.issuer &&
    token.audiences.includes(rule.audience) &&
    rule.conditions.length > 0 &&
    rule.conditions.every(({ claim, pattern }) =>
      claimTexts(token.claims, claim).some((text) => matchesClaim(pattern, text)),
    )
  );
}

/** The rule's permissions as those of a machine of its project. Who may push may pull, as with Harbor's robots. */
export function permissionsOf(rule: TrustRule): readonly RobotPermission[] {
  return rule.permissions.map(({ repositoryPattern, access }) => ({
    kind: 'project',
    projectId: rule.projectId,
    repositoryPattern,
    access: withPull(access).map((one) => ({ ...one, effect: 'allow' })),
  }));
}

function withPull(access: RulePermission['access']): RulePermission['access'] {
  const isPusher = access.some(({ resource, action }) => resource === 'repository' && action === 'push');
  return isPusher ? [...access, { resource: 'repository', action: 'pull' }] : access;
}
