import { AppError } from '#core/errors';
import type { Actor } from '#domain/audit/audit';
import type { AuthMode } from '#domain/configuration/catalog';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import { requireGroup, toGroupName } from '#domain/groups/group-rules';
import { type ExternalGroup, GROUP_TYPES } from '#domain/groups/user-group';
import type { UserGroupService } from '#domain/groups/user-group-service';
import type { KnownEntity, MemberEntity } from '#domain/members/member';
import type { UserDirectory } from '#domain/members/user-directory';
import type { User } from '#domain/users/user';
import type { UserService } from '#domain/users/user-service';

/** Whom a client names; ids of 0 and empty texts name nobody. */
export interface MemberReference {
  readonly user: { readonly id: number; readonly username: string };
  readonly group: { readonly id: number; readonly name: string; readonly type: number; readonly ldapDn: string };
}

export interface MemberResolverDeps {
  readonly users: UserService;
  readonly groups: UserGroupService;
  readonly configuration: ConfigurationService;
  /** Directories that know users who have not logged in yet. */
  readonly directories: Readonly<Partial<Record<AuthMode, UserDirectory>>>;
}

/** Finds out who shall become a member (`harbor:src/controller/member/controller.go`). */
export class MemberResolver {
  readonly #deps: MemberResolverDeps;

  constructor(deps: MemberResolverDeps) {
    this.#deps = deps;
  }

  /** The first of user id, group id, username and group that is given. BAD_REQUEST and NOT_FOUND as in Harbor. */
  resolve({ user, group }: MemberReference, actor: Actor): Promise<MemberEntity> {
    if (user.id > 0) return this.#userById(user.id);
    if (group.id > 0) return this.#groupById(group.id);
    if (user.username !== '') return this.#userByName(user.username, actor);
    if (group.ldapDn !== '' || group.name !== '') return this.#describedGroup(group);
    throw new AppError('BAD_REQUEST', { message: 'at least one of member_user or member_group must be provided' });
  }

  async #userById(id: number): Promise<KnownEntity> {
    const user = await this.#deps.users.findById(id);
    if (!user) throw new AppError('BAD_REQUEST', { message: `User ${id} not found` });
    return toEntity(user);
  }

  async #groupById(id: number): Promise<KnownEntity> {
    const group = await this.#deps.groups.find(id);
    if (!group) throw new AppError('BAD_REQUEST', { message: `Group ${id} not found` });
    return { kind: 'group', id, name: group.name };
  }

  async #userByName(username: string, actor: Actor): Promise<KnownEntity> {
    const user = (await this.#deps.users.find(username)) ?? (await this.#onboard(username, actor));
    if (!user) throw new AppError('NOT_FOUND', { message: 'user does not exist' });
    return toEntity(user);
  }

  /** Makes the account of somebody whom only the directory knows. */
  async #onboard(username: string, actor: Actor): Promise<User | undefined> {
    const { auth_mode: mode } = await this.#deps.configuration.current();
    const identity = await this.#deps.directories[mode]?.findUser(username);
    if (!identity) return undefined;
    // The directory may take the name for one that is known here; what a login has found out about it stays as it is.
    return (await this.#deps.users.find(identity.username)) ?? this.#deps.users.onboard(identity, mode, actor);
  }

  async #describedGroup({ name, type, ldapDn }: MemberReference['group']): Promise<MemberEntity> {
    const { groups } = this.#deps;
    const currentType = await groups.currentType();
    const wanted = ldapDn === '' ? type || (currentType ?? 0) : GROUP_TYPES.ldap;
    const isNamedOnly = wanted === GROUP_TYPES.ldap && ldapDn === '';
    const group: ExternalGroup = isNamedOnly
      ? { type: wanted, name }
      : requireGroup({ name: name || toGroupName(ldapDn), type: wanted, ldapDn });
    const known = await groups.recognize(group);
    if (known) return { kind: 'group', id: known.id, name: known.name };
    if (isNamedOnly || group.type !== currentType) {
      throw new AppError('BAD_REQUEST', { message: `Group ${group.name} not found` });
    }
    const confirmed = await groups.confirm(group);
    const made = { ...confirmed, name: name || toGroupName(confirmed.name) };
    return { kind: 'new-group', name: made.name, group: made };
  }
}

function toEntity({ id, username }: User): KnownEntity {
  return { kind: 'user', id, name: username };
}
