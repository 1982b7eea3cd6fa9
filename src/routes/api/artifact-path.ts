import { z } from '@hono/zod-openapi';
import { AppError } from '#core/errors';
import { parseReference, type Reference } from '#core/reference';

/** Where the artifacts of a repository are. */
export const ARTIFACTS_PATH = '/projects/{project_name}/repositories/{repository_name}/artifacts';

export const repositoryParams = z.object({ project_name: z.string(), repository_name: z.string() });

export const artifactParams = repositoryParams.extend({ reference: z.string() });

/** The tag or digest a path names; NOT_FOUND for what can be neither. */
export function referenceOfPath(text: string): Reference {
  const reference = parseReference(text);
  if (!reference) throw new AppError('NOT_FOUND', { message: 'invalid reference format' });
  return reference;
}
