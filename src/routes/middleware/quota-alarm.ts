import type { Context, MiddlewareHandler } from 'hono';
import { QuotaExceeded } from '#domain/quotas/quota';
import { repositoryOfPath } from '#routes/api/repository-name';
import type { AppEnv } from '#routes/app-env';

/** Tells of what a quota refused: the deed has no batch that could. */
export const raiseQuotaAlarm: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  if (!(c.error instanceof QuotaExceeded)) return;
  const repository = repositoryOf(c);
  if (repository !== undefined) c.get('services').quotaAlarm.raise(c.error, repository, c.get('actor'));
};

/** The repository of a path that has been served, on `/v2` or `/api`. */
function repositoryOf(c: Context<AppEnv>): string | undefined {
  const [project, rest] = [c.req.param('project_name'), c.req.param('repository_name')];
  if (project !== undefined && rest !== undefined) return repositoryOfPath(project, rest);
  return c.req.param('name');
}
