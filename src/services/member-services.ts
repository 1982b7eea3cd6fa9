import { D1MemberStore } from '#adapters/d1/member-store';
import { D1UserGroupStore } from '#adapters/d1/user-group-store';
import type { Clock } from '#core/clock';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import { UserGroupService } from '#domain/groups/user-group-service';
import type { LdapService } from '#domain/ldap/ldap-service';
import { MemberResolver } from '#domain/members/member-resolver';
import { MemberService } from '#domain/members/member-service';
import type { UserDirectory } from '#domain/members/user-directory';
import type { ProjectFactsService } from '#domain/projects/project-facts-service';
import type { UserService } from '#domain/users/user-service';
import type { Env } from '#src/env';

export interface MemberParts {
  readonly configuration: ConfigurationService;
  readonly facts: ProjectFactsService;
  readonly users: UserService;
  readonly ldap: LdapService;
  readonly uaa: UserDirectory;
  readonly proxy: UserDirectory;
  readonly clock: Clock;
}

/** Groups of users, and who is a member of which project. */
export function createMembers({ DB: db }: Env, { configuration, facts, users, ldap, uaa, proxy, clock }: MemberParts) {
  const groups = new UserGroupService({
    groups: new D1UserGroupStore({ db }),
    configuration,
    directories: { ldap_auth: ldap },
    clock,
  });
  const directories = { ldap_auth: ldap, uaa_auth: uaa, http_auth: proxy };
  const resolver = new MemberResolver({ users, groups, configuration, directories });
  const members = new MemberService({ members: new D1MemberStore({ db }), resolver, facts, clock });
  return { groups, members };
}
