import { AppError } from '#core/errors';
import { parseRepositoryName, type RepositoryName } from '#core/reference';

/**
 * The repository a path names: `{project_name}` and `{repository_name}`, which clients encode twice, so that the slashes
 * in it survive the router's decoding. Names encoded once read the same.
 */
export function repositoryOfPath(project: string, encodedRest: string): RepositoryName {
  const name = parseRepositoryName(`${project}/${decodeOnceMore(encodedRest)}`);
  if (!name.ok) throw new AppError('BAD_REQUEST', { message: 'invalid repository name' });
  return name.value;
}

function decodeOnceMore(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AppError('BAD_REQUEST', { message: 'the repository name is not properly escaped' });
  }
}
