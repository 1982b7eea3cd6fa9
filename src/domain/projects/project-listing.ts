import type { OffsetPage } from '#core/pagination';
import type { Role } from '#core/rbac/role-matrix';
import type { CveAllowlist } from '#domain/cve-allowlists/cve-allowlist';
import type { Project } from '#domain/projects/project';
import type { ProjectVisibility } from '#domain/projects/project-visibility';

/** Which projects a listing is about. */
export interface ProjectFilter extends ProjectVisibility {
  /** Exact name. */
  readonly name?: string | undefined;
  /** Part of the name. */
  readonly nameContains?: string | undefined;
  readonly isPublic?: boolean | undefined;
  readonly owner?: string | undefined;
}

export const PROJECT_ORDERS = ['name', 'creation_time', 'update_time', 'project_id'] as const;

export interface ProjectPage extends OffsetPage {
  readonly orderBy: (typeof PROJECT_ORDERS)[number];
  readonly isDescending: boolean;
  /** Whether each project comes with its detail. */
  readonly isDetailed: boolean;
}

/** What of a project is kept beside it. */
export interface ProjectDetail {
  /** Metadata other than `public`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Undefined when nobody has set one. */
  readonly allowlist: CveAllowlist | undefined;
}

/** A project with what listings show of it. */
export interface ProjectSummary {
  readonly project: Project;
  readonly repositoryCount: number;
  /** Roles of the caller; empty when the caller is no member. */
  readonly callerRoles: readonly Role[];
  /** Undefined in a listing without details. */
  readonly detail: ProjectDetail | undefined;
}

/** What a project amounts to. */
export interface ProjectFigures {
  readonly repositoryCount: number;
  /** Users and groups by their role; none for a role nobody has. */
  readonly memberCounts: ReadonlyMap<Role, number>;
  readonly quota: { readonly hardBytes: number; readonly usedBytes: number };
}

/** Projects as they are shown. */
export interface ProjectListing {
  /** NOT_FOUND when the project is gone. */
  summarize(
    project: Project,
    callerId: number | undefined,
  ): Promise<ProjectSummary & { readonly detail: ProjectDetail }>;

  /** NOT_FOUND when the project is gone. */
  figures(project: Project): Promise<ProjectFigures>;

  list(
    filter: ProjectFilter,
    page: ProjectPage,
  ): Promise<{ readonly items: readonly ProjectSummary[]; readonly total: number }>;
}
