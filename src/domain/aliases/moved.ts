/** A project, or a repository of one, that somebody who may see it asked for by a name it had. */
export class Moved extends Error {
  /** Present name of the project. */
  readonly project: string;
  /** Present name of the repository within it; undefined when that is the one that was asked for. */
  readonly repository: string | undefined;

  constructor(project: string, repository?: string) {
    super('asked for by a name of the past');
    this.name = 'Moved';
    this.project = project;
    this.repository = repository;
  }
}
