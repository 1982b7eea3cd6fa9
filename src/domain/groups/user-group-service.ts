import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { OffsetPage } from '#core/pagination';
import type { Actor } from '#domain/audit/audit';
import type { AuthMode } from '#domain/configuration/catalog';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import { type Mutation, newMutation } from '#domain/events/mutation';
import type { GroupDirectory } from '#domain/groups/group-directory';
import { groupKey } from '#domain/groups/group-key';
import { type GroupDescription, requireGroup, requireGroupName } from '#domain/groups/group-rules';
import { type ExternalGroup, GROUP_TYPES, type GroupType, type UserGroup } from '#domain/groups/user-group';
import type { UserGroupStore } from '#domain/groups/user-group-store';

/** The groups each mode knows; the others know none. */
const TYPE_OF_MODE: Readonly<Partial<Record<AuthMode, GroupType>>> = {
  ldap_auth: GROUP_TYPES.ldap,
  http_auth: GROUP_TYPES.http,
  oidc_auth: GROUP_TYPES.oidc,
};

export interface UserGroupServiceDeps {
  readonly groups: UserGroupStore;
  readonly configuration: ConfigurationService;
  /** Directories that know which groups there are; a group of a mode without one is taken as it is described. */
  readonly directories: Readonly<Partial<Record<AuthMode, GroupDirectory>>>;
  readonly clock: Clock;
}

interface UserGroupSearch {
  readonly nameContains: string | undefined;
  /** Of LDAP groups; ignored while others are listed. */
  readonly ldapDn: string | undefined;
}

/** Groups of users, known outside, that can be members of projects. */
export class UserGroupService {
  readonly #deps: UserGroupServiceDeps;

  constructor(deps: UserGroupServiceDeps) {
    this.#deps = deps;
  }

  find(id: number): Promise<UserGroup | undefined> {
    return this.#deps.groups.findById(id);
  }

  /** NOT_FOUND without one. */
  async get(id: number): Promise<UserGroup> {
    const group = await this.find(id);
    if (!group) throw new AppError('NOT_FOUND', { message: `the user group with id ${id} is not found` });
    return group;
  }

  /** The group as it is known here, by what tells groups of its type apart; an LDAP group without a DN by its name. */
  async recognize(group: ExternalGroup): Promise<UserGroup | undefined> {
    const { groups } = this.#deps;
    if (group.type !== GROUP_TYPES.ldap || group.ldapDn) return groups.findByKey(group.type, groupKey(group));
    const { items } = await groups.list({ type: group.type, name: group.name }, { limit: 1, offset: 0 });
    return items[0];
  }

  /** The groups of the mode that is on; all of them in a mode that knows none (`harbor:…/handler/usergroup.go`). */
  async list({ nameContains, ldapDn }: UserGroupSearch, page: OffsetPage) {
    const type = await this.currentType();
    const isByDn = type === GROUP_TYPES.ldap && ldapDn !== undefined;
    const key = isByDn ? groupKey({ type, name: '', ldapDn }) : undefined;
    return this.#deps.groups.list({ type, nameContains, key }, page);
  }

  search(nameContains: string, page: OffsetPage) {
    return this.#deps.groups.list({ nameContains }, page);
  }

  async create(description: GroupDescription, actor: Actor): Promise<UserGroup> {
    const group = await this.confirm(requireGroup(description));
    return this.#deps.groups.insert({ ...group, name: description.name }, this.#mutation('create', group.name, actor));
  }

  /** The group as its directory tells it; BAD_REQUEST when the directory does not know it. */
  async confirm(group: ExternalGroup): Promise<ExternalGroup> {
    const { auth_mode: mode } = await this.#deps.configuration.current();
    const directory = TYPE_OF_MODE[mode] === group.type ? this.#deps.directories[mode] : undefined;
    if (!directory) return group;
    const found = await directory.findGroup(group);
    if (found) return found;
    const name = group.ldapDn === undefined ? group.name : `DN:${group.ldapDn}`;
    throw new AppError('BAD_REQUEST', { message: `the directory knows no such group: ${name}` });
  }

  /** What groups of the mode that is on are; undefined in a mode without groups. */
  async currentType(): Promise<GroupType | undefined> {
    return TYPE_OF_MODE[(await this.#deps.configuration.current()).auth_mode];
  }

  async rename(id: number, name: string, actor: Actor): Promise<void> {
    requireGroupName(name);
    const group = await this.get(id);
    await this.#deps.groups.rename(group, name, this.#mutation('update', group.name, actor, ` to ${name}`));
  }

  async delete(id: number, actor: Actor): Promise<void> {
    const group = await this.get(id);
    await this.#deps.groups.delete(group, this.#mutation('delete', group.name, actor));
  }

  #mutation(operation: 'create' | 'update' | 'delete', resource: string, actor: Actor, what = ''): Mutation {
    const description = `${operation} user group: ${resource}${what}`;
    const audit = { projectId: undefined, operation, resourceType: 'user-group', resource, description };
    return newMutation(audit, actor, this.#deps.clock);
  }
}
