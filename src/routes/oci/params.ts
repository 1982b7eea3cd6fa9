import type { Context } from 'hono';
import { type Digest, parseDigest } from '#core/digest';
import { AppError } from '#core/errors';
import {
  parseReference,
  parseRepositoryName,
  type Reference,
  type RepositoryName,
  type RepositoryNameProblem,
} from '#core/reference';
import type { AppEnv } from '#routes/app-env';

const HINTS: Readonly<Record<RepositoryNameProblem, string>> = {
  malformed: '',
  'too-long': ' (longer than 255 characters)',
  'no-project': ' (a name begins with a project, as in library/app)',
};

/** The repository a `/v2` path names. A name without a project is answered as Harbor answers it. */
export function repositoryParam(c: Context<AppEnv>): RepositoryName {
  const text = c.req.param('name') ?? '';
  const name = parseRepositoryName(text);
  if (name.ok) return name.value;
  throw new AppError('NAME_INVALID', {
    message: `invalid repository name: ${text.slice(0, 255)}${HINTS[name.error]}`,
    detail: { reason: name.error },
  });
}

/** The digest at the end of a `/v2` path. */
export function digestParam(c: Context<AppEnv>): Digest {
  const digest = parseDigest(c.req.param('digest') ?? '');
  if (!digest) throw new AppError('DIGEST_INVALID', { message: 'the digest is malformed or of an unknown algorithm' });
  return digest;
}

/** The tag or digest after `/manifests/`. */
export function referenceParam(c: Context<AppEnv>): Reference {
  const text = c.req.param('reference') ?? '';
  const reference = parseReference(text);
  if (reference) return reference;
  throw text.includes(':')
    ? new AppError('DIGEST_INVALID', { message: 'the digest is malformed or of an unknown algorithm' })
    : new AppError('MANIFEST_INVALID', { message: 'invalid reference format' });
}
