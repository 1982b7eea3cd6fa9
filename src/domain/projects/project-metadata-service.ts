import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { Actor } from '#domain/audit/audit';
import { type Mutation, newMutation } from '#domain/events/mutation';
import type { Project } from '#domain/projects/project';
import {
  absentMetadata,
  type MetadataKey,
  requireDeletableMetadata,
  requireMetadataKey,
  requireMetadataValue,
  takenMetadata,
} from '#domain/projects/project-metadata';
import type { ProjectMetadataStore } from '#domain/projects/project-metadata-store';
import type { ProjectService } from '#domain/projects/project-service';

type Entries = Readonly<Record<string, string>>;

export interface ProjectMetadataServiceDeps {
  readonly metadata: ProjectMetadataStore;
  readonly projects: ProjectService;
  readonly clock: Clock;
}

/** A project's metadata, key by key. `public` is its visibility, which every project has. */
export class ProjectMetadataService {
  readonly #deps: ProjectMetadataServiceDeps;

  constructor(deps: ProjectMetadataServiceDeps) {
    this.#deps = deps;
  }

  async list(project: Project): Promise<Entries> {
    const { project: current, detail } = await this.#deps.projects.summarize(project);
    return { ...detail.metadata, public: String(current.isPublic) };
  }

  /** NOT_FOUND when the key has no value. */
  async get(project: Project, key: string): Promise<Entries> {
    const entries = await this.list(project);
    if (!Object.hasOwn(entries, key)) throw new AppError('NOT_FOUND', { message: absentMetadata(project, key) });
    return { [key]: entries[key] ?? '' };
  }

  /** Sets one key that has no value yet; CONFLICT when it has. */
  async add(project: Project, entries: Entries, actor: Actor): Promise<void> {
    const [key, value] = requireOne(entries);
    if (key === 'public') throw new AppError('CONFLICT', { message: takenMetadata(project, key) });
    await this.#deps.metadata.add(project, key, value, this.#mutation(project, `add ${key}`, actor));
  }

  /** Sets the key, whatever it was before. */
  async put(project: Project, key: string, entries: Entries, actor: Actor): Promise<void> {
    requireMetadataKey(key);
    const [named, value] = requireOne(entries);
    if (named !== key) throw new AppError('BAD_REQUEST', { message: `the body must name the key ${key}` });
    const change = named === 'public' ? { isPublic: value === 'true', metadata: {} } : { metadata: { [named]: value } };
    await this.#deps.projects.update(project, change, actor);
  }

  /**
   * Takes the key away; without `public` a project is private. NOT_FOUND when the key has no value, BAD_REQUEST when it is
   * not to be taken away like this.
   */
  async delete(project: Project, key: string, actor: Actor): Promise<void> {
    requireDeletableMetadata(key);
    if (key === 'public') return this.#deps.projects.update(project, { isPublic: false, metadata: {} }, actor);
    await this.#deps.metadata.remove(project, key, this.#mutation(project, `delete ${key}`, actor));
  }

  #mutation(project: Project, deed: string, actor: Actor): Mutation {
    const audit = {
      projectId: project.id,
      operation: 'update',
      resourceType: 'project',
      resource: project.name,
      description: `update project: ${project.name}, ${deed} of metadata`,
    };
    return newMutation(audit, actor, this.#deps.clock);
  }
}

/** The one key of a body, and its value in the form it is kept in. */
function requireOne(entries: Entries): readonly [MetadataKey, string] {
  const [entry, ...others] = Object.entries(entries);
  if (!entry || others.length > 0) throw new AppError('BAD_REQUEST', { message: 'only allow one key/value pair' });
  const key = requireMetadataKey(entry[0]);
  return [key, requireMetadataValue(key, entry[1])];
}
