import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import { projectOf, type RepositoryName, repositoryName, withinProject } from '#core/reference';
import type { AliasTarget, Place, ResolvedName } from '#domain/aliases/alias';
import type { AliasStore } from '#domain/aliases/alias-store';
import type { Project } from '#domain/projects/project';
import type { ProjectFactsService } from '#domain/projects/project-facts-service';

/** How old a remembered alias may be, as any fact of a project. */
const FACTS_TTL_MS = 10_000;
const MAX_REMEMBERED = 20_000;
/** Expired aliases of each kind that one sweep removes. */
const MAX_SWEPT = 500;

export interface AliasServiceDeps {
  readonly store: AliasStore;
  readonly facts: ProjectFactsService;
  readonly clock: Clock;
}

/**
 * Finds projects and repositories by names they had. A project's aliases come with its facts; those of repositories are
 * asked for in projects that have any, and remembered, as is that a name is none.
 */
export class AliasService {
  readonly #deps: AliasServiceDeps;
  readonly #targets: BoundedCache<{ readonly target: AliasTarget | undefined }>;

  constructor(deps: AliasServiceDeps) {
    this.#deps = deps;
    this.#targets = new BoundedCache({ maxWeight: MAX_REMEMBERED, ttlMs: FACTS_TTL_MS, clock: deps.clock });
  }

  /** As of at most 10 s ago; undefined without the project. */
  async resolve(name: RepositoryName): Promise<ResolvedName | undefined> {
    const project = await this.#deps.facts.byName(projectOf(name));
    return project && this.resolveIn(project, withinProject(name));
  }

  /** The same for a project that is known. */
  async resolveIn(project: Project, name: string): Promise<ResolvedName> {
    const target = project.hasRepositoryAliases ? await this.#target(project.id, name) : undefined;
    const owner = target && (await this.#ownerOf(target, project));
    return toResolved(project, name, target, owner);
  }

  /** As it stands: where the repository is that had this name in the project. */
  async find({ id, hasRepositoryAliases }: Project, name: string): Promise<AliasTarget | undefined> {
    return hasRepositoryAliases ? this.#deps.store.findRepository(id, name, this.#deps.clock.nowMs()) : undefined;
  }

  /** Whether the name stands for something else than this isolate remembered, which it now knows. */
  async hasChanged(name: RepositoryName): Promise<boolean> {
    const before = await this.resolve(name);
    this.#deps.facts.invalidate(projectOf(name));
    if (before) this.forget(before.here.project, withinProject(name));
    const after = await this.resolve(name);
    return presentName(before) !== presentName(after);
  }

  /** Forgets a project and a name in it that this isolate has changed. */
  forget(project: Project, name: string): void {
    this.#deps.facts.invalidate(project.name);
    this.#targets.delete(keyOf(project.id, name));
  }

  /** Removes what has expired; the cron tick calls this. */
  sweep(): Promise<void> {
    return this.#deps.store.sweep(this.#deps.clock.nowMs(), MAX_SWEPT);
  }

  async #target(projectId: number, name: string): Promise<AliasTarget | undefined> {
    const key = keyOf(projectId, name);
    const known = this.#targets.get(key);
    if (known) return known.target;
    const target = await this.#deps.store.findRepository(projectId, name, this.#deps.clock.nowMs());
    this.#targets.put(key, { target });
    return target;
  }

  async #ownerOf({ projectId, project }: AliasTarget, source: Project): Promise<Project | undefined> {
    return projectId === source.id ? source : this.#deps.facts.byName(project);
  }
}

function toResolved(
  project: Project,
  name: string,
  target: AliasTarget | undefined,
  owner: Project | undefined,
): ResolvedName {
  const here = { project, repository: repositoryName(project.name, name), names: [name] };
  if (!target || !owner) return { here, moved: undefined };
  return { here, moved: placeOf(owner, target, project.id, name) };
}

/** Within a project a pattern for the old name is one for the same repository; another project's patterns know it by its own. */
export function placeOf(owner: Project, { name }: AliasTarget, sourceProjectId: number, alias: string): Place {
  const names = owner.id === sourceProjectId ? [name, alias] : [name];
  return { project: owner, repository: repositoryName(owner.name, name), names };
}

function presentName(resolved: ResolvedName | undefined): string | undefined {
  return (resolved?.moved ?? resolved?.here)?.repository;
}

function keyOf(projectId: number, name: string): string {
  return `${projectId}/${name}`;
}
