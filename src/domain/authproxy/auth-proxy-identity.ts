import type { ExternalIdentity } from '#domain/access/external-identity';
import type { ReviewedUser } from '#domain/authproxy/auth-proxy-client';
import type { AuthProxySettings } from '#domain/authproxy/auth-proxy-settings';
import { GROUP_TYPES } from '#domain/groups/user-group';

/** Docker logs in as `tokenreview$<name>` with a token as the password (Harbor's `common.AuthProxyUserNamePrefix`). */
const TOKEN_LOGIN_PREFIX = 'tokenreview$';

/** The name in `tokenreview$<name>`; undefined for every other user name. */
export function tokenLoginName(username: string): string | undefined {
  const name = username.startsWith(TOKEN_LOGIN_PREFIX) ? username.slice(TOKEN_LOGIN_PREFIX.length) : '';
  return name === '' ? undefined : name;
}

/** What a reviewed token says of its user (harbor:src/pkg/authproxy/http.go, UserFromReviewStatus). */
export function identityOf(
  { username, groups }: ReviewedUser,
  { adminGroups, adminUsernames }: Pick<AuthProxySettings, 'adminGroups' | 'adminUsernames'>,
): ExternalIdentity {
  const administrators = listOf(adminGroups);
  return {
    username,
    email: username.includes('@') ? username : undefined,
    realname: undefined,
    groups: groups.map((name) => ({ type: GROUP_TYPES.http, name })),
    isAdministrator:
      listOf(adminUsernames).includes(username) || groups.some((group) => administrators.includes(group)),
  };
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
