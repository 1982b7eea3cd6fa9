import type { ClaimCondition } from '#domain/federation/trust-rule';

/**
 * Issuers that sign for everybody: a rule must say whose workloads it trusts, or anybody's would do. By issuer, the
 * claims that say it, each with the form its pattern must have: an owner written out.
 */
const OWNER_CLAIMS: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  // docs.github.com/actions/reference/security/oidc
  'https://token.actions.githubusercontent.com': {
    sub: /^repo:[^*?/:]+\//,
    repository: /^[^*?/]+\//,
    repository_owner: /^[^*?]+$/,
    repository_id: /^\d+$/,
    repository_owner_id: /^\d+$/,
    enterprise_id: /^\d+$/,
  },
  // docs.gitlab.com/ci/secrets/id_token_authentication
  'https://gitlab.com': {
    sub: /^project_path:[^*?/:]+\//,
    project_path: /^[^*?/]+\//,
    project_id: /^\d+$/,
    namespace_path: /^[^*?/]+(?:$|\/)/,
    namespace_id: /^\d+$/,
  },
};

/** Why conditions would trust strangers of a shared issuer; undefined when they would not. */
export function strangersProblem(issuer: string, conditions: readonly ClaimCondition[]): string | undefined {
  const owners = OWNER_CLAIMS[issuer.replace(/\/$/, '')];
  if (!owners || conditions.some(({ claim, pattern }) => owners[claim]?.test(pattern))) return undefined;
  const names = Object.keys(owners).join(', ');
  return `${issuer} signs for everybody: one of ${names} must name an owner without wildcards`;
}
