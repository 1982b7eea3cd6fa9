import { AppError } from '#core/errors';
import type { Reference, RepositoryName } from '#core/reference';

/** What the management API says of an artifact that is not there. */
export function artifactNotFound(repository: RepositoryName, reference: Reference): AppError {
  const name = reference.kind === 'tag' ? `${repository}:${reference.tag}` : `${repository}@${reference.digest}`;
  return new AppError('NOT_FOUND', { message: `artifact ${name} not found` });
}
