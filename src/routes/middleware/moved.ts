import type { Context } from 'hono';
import { mergeSlashes } from '#core/request-path';
import type { Moved } from '#domain/aliases/moved';
import type { AppEnv } from '#routes/app-env';

const PROJECTS = '/api/v2.0/projects';

const IN_PROJECT = /^\/api\/v2\.0\/projects\/[^/]+(\/repositories\/[^/]+)?(.*)$/;

export function projectPath(name: string): string {
  return `${PROJECTS}/${name}`;
}

/** Slashes in a repository's name are encoded twice. */
export function repositoryPath(project: string, name: string): string {
  return `${projectPath(project)}/repositories/${encodeURIComponent(encodeURIComponent(name))}`;
}

/** Says where the same is under its present name. Nobody may keep the answer: the name can be another's one day. */
export function redirectTo({ project, repository }: Moved, c: Context<AppEnv>): Response {
  const { pathname, search } = new URL(c.req.url);
  const [, ofRepository = '', rest = ''] = IN_PROJECT.exec(mergeSlashes(pathname)) ?? [];
  const path =
    repository === undefined ? `${projectPath(project)}${ofRepository}` : repositoryPath(project, repository);
  const headers = { location: `${path}${rest}${search}`, 'cache-control': 'no-store' };
  return new Response(null, { status: 308, headers });
}
