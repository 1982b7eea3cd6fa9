import type { Mutation } from '#domain/events/mutation';
import type { Project } from '#domain/projects/project';
import type { Scanner } from '#domain/scanners/scanner';

/** Which scanner a project has. */
export interface ProjectScannerStore {
  /** The one that was chosen, or else the default; undefined without either. */
  find(project: Project): Promise<Scanner | undefined>;

  /** NOT_FOUND when the project or the scanner is gone, BAD_REQUEST when the scanner is disabled. */
  choose(project: Project, uuid: string, mutation: Mutation): Promise<void>;
}
