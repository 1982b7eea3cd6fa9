import type { Clock } from '#core/clock';
import type { Actor } from '#domain/audit/audit';
import { newMutation } from '#domain/events/mutation';
import type { Project } from '#domain/projects/project';
import type { ProjectScannerStore } from '#domain/scanners/project-scanner-store';
import type { ScannerWatch, WatchedScanner } from '#domain/scanners/scanner-watch';

export interface ProjectScannerServiceDeps {
  readonly choices: ProjectScannerStore;
  readonly watch: ScannerWatch;
  readonly clock: Clock;
}

/** Which scanner looks at the artifacts of a project. */
export class ProjectScannerService {
  readonly #deps: ProjectScannerServiceDeps;

  constructor(deps: ProjectScannerServiceDeps) {
    this.#deps = deps;
  }

  /** The one that was chosen, or else the default; undefined without either. */
  async find(project: Project): Promise<WatchedScanner | undefined> {
    const scanner = await this.#deps.choices.find(project);
    return scanner && this.#deps.watch.watch(scanner);
  }

  /** NOT_FOUND without such a scanner, BAD_REQUEST for one that is disabled. */
  async choose(project: Project, uuid: string, actor: Actor): Promise<void> {
    const audit = {
      projectId: project.id,
      operation: 'update',
      resourceType: 'project',
      resource: project.name,
      description: `update project: ${project.name}, choose scanner ${uuid.slice(0, 64)}`,
    };
    await this.#deps.choices.choose(project, uuid, newMutation(audit, actor, this.#deps.clock));
  }
}
