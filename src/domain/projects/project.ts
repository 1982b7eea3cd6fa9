/** A namespace of repositories. */
export interface Project {
  readonly id: number;
  readonly name: string;
  readonly ownerId: number;
  readonly ownerName: string;
  readonly isPublic: boolean;
  /** Changes whenever who may do what in the project changes. */
  readonly securityVersion: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

const MAX_PROJECT_NAME_LENGTH = 255;
const PROJECT_NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** `harbor:src/server/v2.0/handler/project.go`, and so always a valid first component of a repository name. */
export function isProjectName(text: string): boolean {
  return text.length <= MAX_PROJECT_NAME_LENGTH && PROJECT_NAME.test(text);
}
