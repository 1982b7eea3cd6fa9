import type { ExternalIdentity } from '#domain/access/external-identity';
import { GROUP_TYPES } from '#domain/groups/user-group';
import type { OidcSettings } from '#domain/oidc/oidc-settings';

/** Claims of an id token and of the userinfo endpoint, whose signature or origin has been verified. */
export type OidcClaims = Readonly<Record<string, unknown>>;

/** Somebody the provider vouches for. */
export interface OidcIdentity extends ExternalIdentity {
  /** The claim `sub`, then the claim `iss`: together they name somebody for ever, whatever becomes of the name. */
  readonly subjectIssuer: string;
}

/** Groups of one user that are looked at; more are left out. */
const MAX_GROUPS = 1_000;
/** Longest name of a group, in characters; longer ones are left out. */
const MAX_GROUP_LENGTH = 255;
const MAX_NAME_LENGTH = 255;
/** OpenID Connect Core 1.0 §2: `sub` has 255 ASCII characters at most. */
const MAX_SUBJECT_LENGTH = 255;

type IdentityRules = Pick<OidcSettings, 'userClaim' | 'groupsClaim' | 'adminGroup' | 'groupFilter'>;

/** Who claims are about; undefined when they name nobody. `username` is a proposal, empty when there is none. */
export function identityFromClaims(claims: OidcClaims, rules: IdentityRules): OidcIdentity | undefined {
  const { sub, iss } = claims;
  if (typeof sub !== 'string' || typeof iss !== 'string' || sub === '' || iss === '') return undefined;
  if (sub.length > MAX_SUBJECT_LENGTH) return undefined;
  const groups = groupsFromClaims(claims, rules.groupsClaim);
  const passes = groupFilter(rules.groupFilter);
  return {
    subjectIssuer: `${sub}${iss}`,
    username: proposedUsername(claims, rules.userClaim),
    email: shortText(claims['email']),
    realname: shortText(claims['name']),
    groups: groups.filter(passes).map((name) => ({ type: GROUP_TYPES.oidc, name })),
    // Harbor asks all groups, filtered or not.
    isAdministrator: rules.adminGroup !== '' && groups.includes(rules.adminGroup),
  };
}

/** Harbor's rule: blanks become underscores. */
function proposedUsername(claims: OidcClaims, userClaim: string): string {
  const names = userClaim === '' ? [claims['name'], claims['preferred_username']] : [claims[userClaim]];
  return (
    names
      .map(shortText)
      .find((name) => name !== undefined)
      ?.replaceAll(' ', '_') ?? ''
  );
}

/** A string stands for one group, as some providers tell it. */
function groupsFromClaims(claims: OidcClaims, groupsClaim: string): readonly string[] {
  const value = groupsClaim === '' ? undefined : claims[groupsClaim];
  const values: readonly unknown[] = Array.isArray(value) ? value.slice(0, MAX_GROUPS) : [value];
  const names = values.filter((name) => typeof name === 'string' && name !== '' && name.length <= MAX_GROUP_LENGTH);
  return [...new Set(names as readonly string[])];
}

/** A filter that cannot be read lets nobody through, for nobody knows whom it meant to keep out. */
function groupFilter(pattern: string): (name: string) => boolean {
  if (pattern === '') return () => true;
  try {
    const expression = new RegExp(pattern, 'u');
    return (name) => expression.test(name);
  } catch {
    return () => false;
  }
}

function shortText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text !== '' && text.length <= MAX_NAME_LENGTH ? text : undefined;
}
