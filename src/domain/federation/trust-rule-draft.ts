import { globProblem } from '#core/glob';
import type { Permission } from '#core/rbac/resources';
import { type Access, isGrantable } from '#core/rbac/robot-permissions';
import { isAnything } from '#domain/federation/claim-pattern';
import { topClaim } from '#domain/federation/claims';
import { type IssuerUrlOptions, issuerUrlProblem } from '#domain/federation/issuer-url';
import { strangersProblem } from '#domain/federation/shared-issuer';
import type { ClaimCondition, TrustRuleDraft } from '#domain/federation/trust-rule';

export const MAX_LIFETIME_SECONDS = 3_600;
export const MIN_LIFETIME_SECONDS = 60;
export const MAX_CONDITIONS = 10;
export const MAX_PATTERN_LENGTH = 256;
const MAX_CLAIM_LENGTH = 128;
const MAX_AUDIENCE_LENGTH = 255;
export const MAX_PERMISSIONS = 20;
export const MAX_ACCESS = 100;
const RULE_NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const MAX_NAME_LENGTH = 64;

const LASTING: ReadonlySet<Permission> = new Set(['robot:create', 'member:create', 'member:update', 'project:delete']);

/** Claims that say nothing of which workload it is, or that the rule compares anyway. */
const POINTLESS_CLAIMS: ReadonlySet<string> = new Set(['iss', 'aud', 'exp', 'nbf', 'iat', 'jti']);

export interface IssuerPolicy extends IssuerUrlOptions {
  /** The issuers that the system's administrator allows, exactly as tokens name them. */
  readonly issuers: readonly string[];
}

/** What is wrong with a rule, as a sentence for its author; undefined when nothing is. */
export function trustRuleProblem(draft: TrustRuleDraft, policy: IssuerPolicy): string | undefined {
  return (
    nameProblem(draft) ??
    issuerProblem(draft.issuer, policy) ??
    lifetimeProblem(draft) ??
    trustProblem(draft) ??
    permissionsProblem(draft)
  );
}

/** Why tokens of this issuer are not looked at. */
export function issuerProblem(issuer: string, policy: IssuerPolicy): string | undefined {
  const problem = issuerUrlProblem(issuer, policy);
  if (problem) return `the issuer ${problem}`;
  if (!policy.issuers.includes(issuer)) return `the issuer ${issuer} is not among federation_issuers`;
  return undefined;
}

function nameProblem({ name, audience }: TrustRuleDraft): string | undefined {
  if (name.length > MAX_NAME_LENGTH || !RULE_NAME.test(name)) {
    return `the name must be 1 to ${MAX_NAME_LENGTH} lower-case letters, digits and single . _ - between them`;
  }
  if (audience.trim() === '' || audience.length > MAX_AUDIENCE_LENGTH) {
    return `the audience must have 1 to ${MAX_AUDIENCE_LENGTH} characters`;
  }
  return undefined;
}

function lifetimeProblem({ lifetimeSeconds: seconds }: TrustRuleDraft): string | undefined {
  const isFine = Number.isInteger(seconds) && seconds >= MIN_LIFETIME_SECONDS && seconds <= MAX_LIFETIME_SECONDS;
  return isFine ? undefined : `the lifetime must be ${MIN_LIFETIME_SECONDS} to ${MAX_LIFETIME_SECONDS} seconds`;
}

function trustProblem({ issuer, conditions }: TrustRuleDraft): string | undefined {
  if (conditions.length === 0) return 'a rule needs a condition on a claim beyond issuer and audience';
  if (conditions.length > MAX_CONDITIONS) return `a rule has at most ${MAX_CONDITIONS} conditions`;
  for (const condition of conditions) {
    const problem = conditionProblem(condition);
    if (problem) return problem;
  }
  return strangersProblem(issuer, conditions);
}

function permissionsProblem({ permissions }: TrustRuleDraft): string | undefined {
  if (permissions.length === 0) return 'a rule needs permissions';
  if (permissions.length > MAX_PERMISSIONS) return `a rule has at most ${MAX_PERMISSIONS} permissions`;
  for (const { repositoryPattern, access } of permissions) {
    const problem = repositoryPattern === undefined ? undefined : globProblem(repositoryPattern);
    if (problem) return problem;
    if (access.length === 0 || access.length > MAX_ACCESS) return `a permission has 1 to ${MAX_ACCESS} accesses`;
    const refused = access.find((one) => !isGrantableByRule(one));
    if (refused) return `no rule may give ${refused.resource}:${refused.action}`;
  }
  return undefined;
}

/** What a machine may be given in a project, but for what outlives the workload: robots, members, the project's end. */
function isGrantableByRule({ resource, action }: Pick<Access, 'resource' | 'action'>): boolean {
  return isGrantable('project', resource, action) && !LASTING.has(`${resource}:${action}`);
}

function conditionProblem({ claim, pattern }: ClaimCondition): string | undefined {
  if (claim === '' || claim.length > MAX_CLAIM_LENGTH) return `a claim's name has 1 to ${MAX_CLAIM_LENGTH} characters`;
  if (POINTLESS_CLAIMS.has(topClaim(claim))) return `the claim ${claim} tells no workload from another`;
  if (pattern.length > MAX_PATTERN_LENGTH) return `a pattern has at most ${MAX_PATTERN_LENGTH} characters`;
  if (isAnything(pattern)) return `the pattern of ${claim} fits anything`;
  return undefined;
}
