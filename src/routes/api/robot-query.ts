import type { QueryTerm } from '#core/api-query';
import { AppError } from '#core/errors';
import { normalizeKey } from '#core/listing-filter';
import type { Project } from '#domain/projects/project';
import type { RobotFilter } from '#domain/robots/robot-store';

/** What `q=` of `GET /robots` asks for. */
export interface RobotQuery {
  /** The robots of a project, by its id, or those of the system. */
  readonly of: number | 'system';
  readonly name: QueryTerm | undefined;
}

/**
 * Reads `Level=system`, or `Level=project,ProjectID=1`, and `name`; BAD_REQUEST for another level, or a project's without
 * its id (`harbor:src/server/v2.0/handler/robot.go`, ListRobot).
 */
export function readRobotQuery(terms: readonly QueryTerm[]): RobotQuery {
  const unknown = terms.find(({ key }) => !KEYS.has(normalizeKey(key)));
  if (unknown) throw badRequest(`this list has no filter by ${unknown.key.slice(0, 64)}`);
  const name = find(terms, 'name');
  const level = find(terms, 'level');
  if (level === undefined || (level.match === 'exact' && level.value === 'system')) return { of: 'system', name };
  if (level.match !== 'exact' || level.value !== 'project') throw badRequest('bad request error level input');
  const projectId = find(terms, 'projectid');
  if (!projectId) throw badRequest('must with project ID when to query project robots');
  const isPositive = projectId.match === 'exact' && /^0*[1-9]\d{0,14}$/.test(projectId.value);
  if (!isPositive) throw badRequest('ProjectID must be a positive integer');
  return { of: Number(projectId.value), name };
}

/** Names of project robots may be asked for with their project, as `library+ci`. */
export function toRobotFilter({ of, name }: RobotQuery, project: Project | undefined): RobotFilter {
  const prefix = project ? `${project.name}+` : '';
  const bare = name?.value.startsWith(prefix) ? name.value.slice(prefix.length) : name?.value;
  return { of, ...(name?.match === 'fuzzy' ? { nameContains: bare } : { name: bare }) };
}

const KEYS: ReadonlySet<string> = new Set(['name', 'level', 'projectid']);

function find(terms: readonly QueryTerm[], key: string): QueryTerm | undefined {
  return terms.find((term) => normalizeKey(term.key) === key);
}

function badRequest(message: string): AppError {
  return new AppError('BAD_REQUEST', { message });
}
