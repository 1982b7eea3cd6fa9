import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import { ALIAS_LIFETIME_MS } from '#domain/aliases/alias';
import type { Actor } from '#domain/audit/audit';
import { type Mutation, newMutation } from '#domain/events/mutation';
import { type Project, requireProjectName } from '#domain/projects/project';
import type { ProjectFactsService } from '#domain/projects/project-facts-service';
import type { ProjectFilter, ProjectListing, ProjectPage } from '#domain/projects/project-listing';
import type { NewProject, ProjectChange, ProjectStore } from '#domain/projects/project-store';

export interface ProjectServiceDeps {
  readonly projects: ProjectStore;
  readonly listing: ProjectListing;
  readonly facts: ProjectFactsService;
  readonly clock: Clock;
}

/** Namespaces of repositories. */
export class ProjectService {
  readonly #projects: ProjectStore;
  readonly #listing: ProjectListing;
  readonly #facts: ProjectFactsService;
  readonly #clock: Clock;

  constructor({ projects, listing, facts, clock }: ProjectServiceDeps) {
    this.#projects = projects;
    this.#listing = listing;
    this.#facts = facts;
    this.#clock = clock;
  }

  /** The project as it stands, by its name or an alias (text) or its id (number). */
  async find(nameOrId: string | number): Promise<Project | undefined> {
    if (typeof nameOrId === 'number') return this.#projects.findById(nameOrId);
    return (await this.findByNames([nameOrId])).get(nameOrId);
  }

  /** Those of the names, aliases among them, that are projects as they stand. Up to 1,000 names. */
  async findByNames(names: readonly string[]): Promise<ReadonlyMap<string, Project>> {
    if (names.length === 0) return new Map();
    return this.#projects.findByNames([...new Set(names)], this.#clock.nowMs());
  }

  /** Whether the user administers any project, be it through a group. */
  isAdministratorOfAny(userId: number): Promise<boolean> {
    return this.#projects.isAdministratorOfAny(userId);
  }

  idsWithRole(...query: Parameters<ProjectStore['idsWithRole']>): ReturnType<ProjectStore['idsWithRole']> {
    return this.#projects.idsWithRole(...query);
  }

  /** The project with what is kept beside it. NOT_FOUND when it is gone. */
  summarize(project: Project, callerId?: number) {
    return this.#listing.summarize(project, callerId);
  }

  /** What the project amounts to. NOT_FOUND when it is gone. */
  figures(project: Project) {
    return this.#listing.figures(project);
  }

  list(filter: ProjectFilter, page: ProjectPage) {
    return this.#listing.list(filter, page);
  }

  /** Creates a project; its owner becomes its administrator. */
  async create(project: NewProject, actor: Actor): Promise<Project> {
    requireProjectName(project.name);
    const created = await this.#projects.insert(project, this.#mutation('create', project.name, undefined, actor));
    this.#facts.invalidate(project.name);
    return created;
  }

  /**
   * Gives the project another name, and keeps the one it has as an alias for {@link ALIAS_LIFETIME_MS}. BAD_REQUEST for a
   * text that is no name, CONFLICT when it is in use or still an alias of another project, NOT_FOUND when the project is gone.
   */
  async rename(project: Project, name: string, actor: Actor): Promise<void> {
    requireProjectName(name);
    const audit = {
      projectId: project.id,
      operation: 'update',
      resourceType: 'project',
      resource: project.name,
      description: `update project: ${project.name}, renamed to ${name}`,
    };
    const mutation = newMutation(audit, actor, this.#clock);
    await this.#projects.rename(project, name, mutation.nowMs + ALIAS_LIFETIME_MS, mutation);
    this.#facts.invalidate(project.name);
    this.#facts.invalidate(name);
  }

  /** Changes what is named. Who loses a right with it loses it within 10 s. NOT_FOUND when the project is gone. */
  async update(project: Project, change: ProjectChange, actor: Actor): Promise<void> {
    await this.#projects.update(project, change, this.#mutation('update', project.name, project.id, actor));
    this.#facts.invalidate(project.name);
  }

  /** BAD_REQUEST unless this is the retention policy the project has: a client may send back what it has read. */
  async requireRetention(project: Project, retentionId: string): Promise<void> {
    const { detail } = await this.summarize(project);
    if (detail.metadata['retention_id'] === retentionId) return;
    throw new AppError('BAD_REQUEST', {
      message:
        "the retention_id in the request's payload when updating a project should be omitted, alternatively passing the one that has already been associated to this project",
    });
  }

  /** Deletes a project without repositories. */
  async delete(project: Project, actor: Actor): Promise<void> {
    await this.#projects.delete(project, this.#mutation('delete', project.name, project.id, actor));
    this.#facts.invalidate(project.name);
  }

  #mutation(
    operation: 'create' | 'update' | 'delete',
    name: string,
    projectId: number | undefined,
    actor: Actor,
  ): Mutation {
    const description = `${operation} project: ${name}`;
    const audit = { projectId, operation, resourceType: 'project', resource: name, description };
    return newMutation(audit, actor, this.#clock);
  }
}
