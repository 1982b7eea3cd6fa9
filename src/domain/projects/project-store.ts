import type { Role } from '#core/rbac/role-matrix';
import type { CveAllowlistDraft } from '#domain/cve-allowlists/cve-allowlist';
import type { Mutation } from '#domain/events/mutation';
import type { Project } from '#domain/projects/project';
import type { ProjectMetadata } from '#domain/projects/project-metadata';

/** What of a project becomes another; the rest stays. */
export interface ProjectChange {
  readonly isPublic?: boolean | undefined;
  /** Metadata that is set or replaced, in the form it is kept in; `public` is {@link isPublic} alone. */
  readonly metadata: ProjectMetadata;
  readonly allowlist?: CveAllowlistDraft | undefined;
}

/** A project about to be. */
export interface NewProject extends ProjectChange {
  readonly name: string;
  readonly ownerId: number;
  readonly isPublic: boolean;
  /** Bytes of distinct blobs it may hold; -1, and none given, is no limit. */
  readonly storageLimitBytes?: number | undefined;
}

/** Rows of projects and of their members. */
export interface ProjectStore {
  /** The projects of which each of the names is the present one, or an alias that has not expired. Up to 1,000 names. */
  findByNames(names: readonly string[], nowMs: number): Promise<ReadonlyMap<string, Project>>;

  findById(id: number): Promise<Project | undefined>;

  /** The user's own role, and those of the groups the user was in at the last login. */
  rolesOf(userId: number, projectId: number): Promise<readonly Role[]>;

  /** Whether the user, or a group of theirs, is an administrator of a project. */
  isAdministratorOfAny(userId: number): Promise<boolean>;

  /** Ids of projects in which the user, or a group of theirs, has one of the roles; of many, those joined last. */
  idsWithRole(userId: number, roles: readonly Role[], limit: number): Promise<readonly number[]>;

  /** Creates the project with its owner as its administrator. Rejects with CONFLICT when the name is taken. */
  insert(project: NewProject, mutation: Mutation): Promise<Project>;

  /**
   * Gives the project another name; the one it had is an alias until `aliasExpiresAtMs`. CONFLICT when the name is another
   * project's or an alias of one, when a repository would get too long a name, or when the project has another name by now;
   * NOT_FOUND when it is gone.
   */
  rename(project: Project, name: string, aliasExpiresAtMs: number, mutation: Mutation): Promise<void>;

  /** NOT_FOUND when the project is gone. */
  update(project: Project, change: ProjectChange, mutation: Mutation): Promise<void>;

  /** Deletes a project without repositories, and what belongs to it; PRECONDITION when it has some, NOT_FOUND when it is gone already. */
  delete(project: Project, mutation: Mutation): Promise<void>;
}
