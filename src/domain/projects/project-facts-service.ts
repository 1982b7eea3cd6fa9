import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import type { Role } from '#core/rbac/role-matrix';
import type { Project } from '#domain/projects/project';
import type { ProjectStore } from '#domain/projects/project-store';

/** How old a remembered fact may be: making a project private or removing a member acts within this time. */
const FACTS_TTL_MS = 10_000;
const MAX_REMEMBERED_PROJECTS = 10_000;
const MAX_REMEMBERED_MEMBERS = 50_000;

export interface ProjectFactsServiceDeps {
  readonly projects: ProjectStore;
  readonly clock: Clock;
}

/** An account; another version of it may be in other groups. */
interface RoleHolder {
  readonly userId: number;
  readonly securityVersion: number;
}

/** What deciding about access needs to know of projects, remembered for at most 10 s an isolate. */
export class ProjectFactsService {
  readonly #projects: ProjectStore;
  readonly #clock: Clock;
  readonly #byName: BoundedCache<Project>;
  /** Present names, by names of the past. */
  readonly #presentNames: BoundedCache<string>;
  readonly #roles: BoundedCache<readonly Role[]>;

  constructor({ projects, clock }: ProjectFactsServiceDeps) {
    this.#projects = projects;
    this.#clock = clock;
    this.#presentNames = new BoundedCache({ maxWeight: MAX_REMEMBERED_PROJECTS, ttlMs: FACTS_TTL_MS, clock });
    this.#byName = new BoundedCache({ maxWeight: MAX_REMEMBERED_PROJECTS, ttlMs: FACTS_TTL_MS, clock });
    this.#roles = new BoundedCache({ maxWeight: MAX_REMEMBERED_MEMBERS, ttlMs: FACTS_TTL_MS, clock });
  }

  async byName(name: string): Promise<Project | undefined> {
    return (await this.byNames([name])).get(name);
  }

  /**
   * Those of the names, aliases among them, that are projects. Absence is never remembered, so a new project is usable at
   * once.
   */
  async byNames(names: Iterable<string>): Promise<ReadonlyMap<string, Project>> {
    const found = new Map<string, Project>();
    const unknown: string[] = [];
    for (const name of new Set(names)) {
      const project = this.#byName.get(this.#presentNames.get(name) ?? name);
      if (project) found.set(name, project);
      else unknown.push(name);
    }
    if (unknown.length === 0) return found;
    for (const [name, project] of await this.#projects.findByNames(unknown, this.#clock.nowMs())) {
      this.#byName.put(project.name, project);
      if (project.name !== name) this.#presentNames.put(name, project.name);
      found.set(name, project);
    }
    return found;
  }

  /** The user's roles in the project, their groups' among them, as of both security versions. */
  async rolesOf({ userId, securityVersion }: RoleHolder, project: Project): Promise<readonly Role[]> {
    const key = `${userId}:${securityVersion}:${project.id}:${project.securityVersion}`;
    const known = this.#roles.get(key);
    if (known) return known;
    const roles = await this.#projects.rolesOf(userId, project.id);
    this.#roles.put(key, roles);
    return roles;
  }

  /** Forgets a project that this isolate has changed, by its name or an alias. */
  invalidate(name: string): void {
    this.#byName.delete(name);
    this.#byName.delete(this.#presentNames.get(name) ?? name);
    this.#presentNames.delete(name);
  }
}
