import { describe, expect, it } from 'vitest';
import { isAllowed } from '#core/rbac/evaluate';
import type { Permission } from '#core/rbac/resources';
import { GRANTS, ROLES } from '#core/rbac/role-matrix';

/**
 * Harbor's documented permissions, transcribed from its table of roles: `resource | projectAdmin | maintainer |
 * developer | guest | limitedGuest | anyone in a public project`, each cell a list of actions.
 */
const HARBOR = `
project           | read update delete | read | read | read | read | read
accessory         | list | list | list | list | list | list
artifact          | create read delete list | create read delete list | create read list | read list | read list | read list
artifact-addition | read | read | read | read | read | read
artifact-label    | create delete | create delete | create delete | | |
configuration     | read update | read | read | read | read |
export-cve        | create read list | create read list | create read list | | |
immutable-tag     | create update delete list | create update delete list | | | |
label             | create read update delete list | create read update delete list | read list | read list | | read list
log               | list | | | | |
member            | create read update delete list | read list | read list | read list | |
metadata          | create read update delete | read | | | |
notification-policy | create read update delete list | read list | | | |
preheat-policy    | create read update delete list | | | | |
quota             | read | read | read | read | read |
repository        | create read update delete list pull push | create read update delete list pull push | create read update list pull push | read list pull | read list pull | list pull
robot             | create read update delete list | read list | read list | read list | |
sbom              | create read stop | create read stop | read | read | read |
scan              | create read stop | create read stop | read | read | read | read
scanner           | create read | read | read | read | read | read
tag               | create delete list | create delete list | create list | list | list | list
tag-retention     | create read update delete list operate | create read update delete list operate | create read update delete list operate | | |
`;
const COLUMNS = ['projectAdmin', 'maintainer', 'developer', 'guest', 'limitedGuest', 'public'] as const;

function documented(column: number): string[] {
  return HARBOR.trim()
    .split('\n')
    .flatMap((line) => {
      const [resource = '', ...cells] = line.split('|').map((cell) => cell.trim());
      return (cells[column] ?? '').split(' ').flatMap((action) => (action ? [`${resource}:${action}`] : []));
    })
    .sort();
}

describe('the role matrix', () => {
  it.each(COLUMNS.map((grantee, column) => [grantee, column] as const))(
    'grants %s what Harbor does',
    (grantee, column) => {
      expect([...GRANTS[grantee]].sort()).toEqual(documented(column));
    },
  );
});

describe('isAllowed', () => {
  const nobody = { isSystemAdmin: false, roles: [], isPublic: false };
  const every: Permission[] = ['repository:delete', 'repository:scanner-pull', 'project:delete'];

  it('lets system administrators do everything', () => {
    expect(every.every((permission) => isAllowed({ ...nobody, isSystemAdmin: true }, permission))).toBe(true);
  });

  it('lets strangers pull from public projects and do nothing in private ones', () => {
    expect(isAllowed({ ...nobody, isPublic: true }, 'repository:pull')).toBe(true);
    expect(isAllowed({ ...nobody, isPublic: true }, 'repository:push')).toBe(false);
    expect(isAllowed(nobody, 'repository:pull')).toBe(false);
  });

  it('adds up the rights of several roles', () => {
    const access = { ...nobody, roles: [ROLES.guest, ROLES.maintainer] };
    expect(isAllowed(access, 'repository:delete')).toBe(true);
    expect(isAllowed({ ...nobody, roles: [ROLES.guest] }, 'repository:delete')).toBe(false);
  });
});
