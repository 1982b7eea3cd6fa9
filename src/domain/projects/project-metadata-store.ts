import type { Mutation } from '#domain/events/mutation';
import type { Project } from '#domain/projects/project';
import type { MetadataKey } from '#domain/projects/project-metadata';

/** Single keys of a project's metadata other than `public`. */
export interface ProjectMetadataStore {
  /** CONFLICT when the key has a value already. */
  add(project: Project, key: MetadataKey, value: string, mutation: Mutation): Promise<void>;

  /** NOT_FOUND when the key has no value. */
  remove(project: Project, key: string, mutation: Mutation): Promise<void>;
}
