import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { parseFlag } from '#core/query-values';
import type { AuditEntry } from '#domain/audit/audit';
import { toNameOrId } from '#routes/api/project-param';
import type { AppEnv } from '#routes/app-env';

type Deed = Pick<AuditEntry, 'operation' | 'resourceType'> & {
  /** The parameter that names what it is about; without one it has no name yet. */
  readonly named?: string;
};

const USER = { resourceType: 'user', named: 'user_id' };
const MEMBER = { resourceType: 'member', named: 'mid' };
const UPDATE_PROJECT: Deed = { operation: 'update', resourceType: 'project', named: 'project_name_or_id' };
const PROJECT = '/api/v2.0/projects/:project_name_or_id';

/** The operations whose failures Harbor's log has (`harbor:src/pkg/auditext/event`). */
const AUDITED: Readonly<Record<string, Deed>> = {
  'PUT /api/v2.0/configurations': { operation: 'update', resourceType: 'configuration' },
  'POST /api/v2.0/users': { operation: 'create', resourceType: 'user' },
  'PUT /api/v2.0/users/:user_id': { operation: 'update', ...USER },
  'PUT /api/v2.0/users/:user_id/password': { operation: 'update', ...USER },
  'PUT /api/v2.0/users/:user_id/sysadmin': { operation: 'update', ...USER },
  'DELETE /api/v2.0/users/:user_id': { operation: 'delete', ...USER },
  [`PUT ${PROJECT}`]: UPDATE_PROJECT,
  [`POST ${PROJECT}/metadatas`]: UPDATE_PROJECT,
  [`PUT ${PROJECT}/metadatas/:meta_name`]: UPDATE_PROJECT,
  [`DELETE ${PROJECT}/metadatas/:meta_name`]: UPDATE_PROJECT,
  [`POST ${PROJECT}/members`]: { operation: 'create', resourceType: 'member' },
  [`PUT ${PROJECT}/members/:mid`]: { operation: 'update', ...MEMBER },
  [`DELETE ${PROJECT}/members/:mid`]: { operation: 'delete', ...MEMBER },
};

/**
 * Writes to the audit log what somebody known was refused. A deed that is done has its entry in its own batch; one that
 * ended in a failure of ours may have been done, and has none here.
 */
export const auditRefusals: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  const { status } = c.res;
  const { kind } = c.get('principal');
  if (status < 400 || status >= 500 || (kind !== 'user' && kind !== 'robot')) return;
  const deed = AUDITED[`${c.req.method} ${routePath(c)}`];
  if (!deed) return;
  const { operation, resourceType, named } = deed;
  const resource = named === undefined ? '' : (c.req.param(named) ?? '');
  const description = `${operation} ${resourceType} refused with status ${status}`;
  const failure = { operation, resourceType, resource, description, project: projectOf(c) };
  c.get('services').failures.record(failure, c.get('actor'));
};

function projectOf(c: Context<AppEnv>): string | number | undefined {
  const name = c.req.param('project_name_or_id');
  const isName = parseFlag(c.req.header('x-is-resource-name') ?? '');
  return name === undefined ? undefined : toNameOrId({ project_name_or_id: name }, { 'x-is-resource-name': isName });
}
