import { AppError } from '#core/errors';

/** A namespace of repositories. */
export interface Project {
  readonly id: number;
  readonly name: string;
  readonly ownerId: number;
  readonly ownerName: string;
  readonly isPublic: boolean;
  /** Changes whenever who may do what in the project changes, and with the names in it. */
  readonly securityVersion: number;
  /** Whether any repository had a name in the project that it has no longer (`domain/aliases`). */
  readonly hasRepositoryAliases: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

const MAX_PROJECT_NAME_LENGTH = 255;
const PROJECT_NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** BAD_REQUEST unless it is one (`harbor:src/server/v2.0/handler/project.go`), and so always a valid first component of a repository name. */
export function requireProjectName(text: string): void {
  if (isProjectName(text)) return;
  throw new AppError('BAD_REQUEST', {
    message:
      'project name is not in lower case, or is not 1 to 255 letters and digits separated by single ".", "_" or "-"',
    detail: { projectName: text.slice(0, 300) },
  });
}

function isProjectName(text: string): boolean {
  return text.length <= MAX_PROJECT_NAME_LENGTH && PROJECT_NAME.test(text);
}
