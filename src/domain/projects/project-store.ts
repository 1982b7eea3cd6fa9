import type { OffsetPage } from '#core/pagination';
import type { Role } from '#core/rbac/role-matrix';
import type { Mutation } from '#domain/events/mutation';
import type { Project } from '#domain/projects/project';
import type { ProjectVisibility } from '#domain/projects/project-visibility';

/** A project about to be. */
export interface NewProject {
  readonly name: string;
  readonly ownerId: number;
  readonly isPublic: boolean;
  /** Metadata other than `public`, as on the wire. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Which projects a listing is about. */
export interface ProjectFilter extends ProjectVisibility {
  /** Exact name. */
  readonly name?: string | undefined;
  /** Part of the name. */
  readonly nameContains?: string | undefined;
  readonly isPublic?: boolean | undefined;
  readonly owner?: string | undefined;
}

export const PROJECT_ORDERS = ['name', 'creation_time', 'update_time'] as const;

export interface ProjectPage extends OffsetPage {
  readonly orderBy: (typeof PROJECT_ORDERS)[number];
  readonly isDescending: boolean;
}

/** A project with what listings show of it. */
export interface ProjectSummary {
  readonly project: Project;
  readonly repositoryCount: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Roles of the caller; empty when the caller is no member. */
  readonly callerRoles: readonly Role[];
}

/** Rows of projects and of their members. */
export interface ProjectStore {
  /** Those of the names that are projects. Up to 1,000 names. */
  findByNames(names: readonly string[]): Promise<readonly Project[]>;

  findById(id: number): Promise<Project | undefined>;

  /** The user's own role, and those of the groups the user was in at the last login. */
  rolesOf(userId: number, projectId: number): Promise<readonly Role[]>;

  /** Whether the user, or a group of theirs, is an administrator of a project. */
  isAdministratorOfAny(userId: number): Promise<boolean>;

  /** The project's number of published repositories, its metadata, and the caller's roles in it. */
  summarize(project: Project, callerId: number | undefined): Promise<ProjectSummary>;

  list(
    filter: ProjectFilter,
    page: ProjectPage,
  ): Promise<{ readonly items: readonly ProjectSummary[]; readonly total: number }>;

  /** Creates the project with its owner as its administrator. Rejects with CONFLICT when the name is taken. */
  insert(project: NewProject, mutation: Mutation): Promise<Project>;

  /** Deletes a project without repositories, and its robots; PRECONDITION when it has some, NOT_FOUND when it is gone already. */
  delete(project: Project, mutation: Mutation): Promise<void>;
}
