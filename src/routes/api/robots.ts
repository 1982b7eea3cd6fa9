import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { limitOf, offsetOf, parseQuery, parseSort } from '#core/api-query';
import { AppError } from '#core/errors';
import { fullName, type Robot } from '#domain/robots/robot';
import { readLevel } from '#domain/robots/robot-permission-rules';
import { ROBOT_ORDERS } from '#domain/robots/robot-store';
import { setListHeaders } from '#routes/api/paging';
import { readRobotQuery, toRobotFilter } from '#routes/api/robot-query';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import {
  robotCreatedSchema,
  robotCreateSchema,
  robotSchema,
  robotSecretAnswerSchema,
  robotSecretSchema,
  robotUpdateSchema,
  toRobotCreatedDto,
  toRobotDto,
} from '#routes/api/schemas/robot';
import type { AppEnv } from '#routes/app-env';

const robotParam = z.object({ robot_id: idSchema });

const listRobot = createRoute({
  method: 'get',
  path: '/robots',
  operationId: 'ListRobot',
  tags: ['robot'],
  request: { query: pageQuerySchema },
  responses: {
    200: listResponse(robotSchema),
    ...errorResponses(400, 401, 403, 404, 422),
  },
});

const createRobot = createRoute({
  method: 'post',
  path: '/robots',
  operationId: 'CreateRobot',
  tags: ['robot'],
  middleware: jsonBody,
  request: { body: { required: true, content: { 'application/json': { schema: robotCreateSchema } } } },
  responses: {
    201: {
      description: 'created; the secret is told this once',
      headers: z.object({ Location: z.string() }),
      content: { 'application/json': { schema: robotCreatedSchema } },
    },
    ...errorResponses(400, 401, 403, 404, 409, 415, 422),
  },
});

const getRobot = createRoute({
  method: 'get',
  path: '/robots/{robot_id}',
  operationId: 'GetRobotByID',
  tags: ['robot'],
  request: { params: robotParam },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: robotSchema } } },
    ...errorResponses(401, 403, 404, 422),
  },
});

const updateRobot = createRoute({
  method: 'put',
  path: '/robots/{robot_id}',
  operationId: 'UpdateRobot',
  tags: ['robot'],
  middleware: jsonBody,
  request: {
    params: robotParam,
    body: { required: true, content: { 'application/json': { schema: robotUpdateSchema } } },
  },
  responses: { 200: { description: 'changed' }, ...errorResponses(400, 401, 403, 404, 409, 415, 422) },
});

const refreshSecret = createRoute({
  method: 'patch',
  path: '/robots/{robot_id}',
  operationId: 'RefreshSec',
  tags: ['robot'],
  middleware: jsonBody,
  request: {
    params: robotParam,
    body: { required: true, content: { 'application/json': { schema: robotSecretSchema } } },
  },
  responses: {
    200: {
      description: 'changed; a secret that was made is told this once',
      content: { 'application/json': { schema: robotSecretAnswerSchema } },
    },
    ...errorResponses(400, 401, 403, 404, 415, 422),
  },
});

const deleteRobot = createRoute({
  method: 'delete',
  path: '/robots/{robot_id}',
  operationId: 'DeleteRobot',
  tags: ['robot'],
  request: { params: robotParam },
  responses: { 200: { description: 'deleted' }, ...errorResponses(401, 403, 404, 422) },
});

export function robotRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listRobot, async (c) => {
    const { access, configuration, robotAccess, robots } = c.get('services');
    const { page, page_size: pageSize, q, sort } = c.req.valid('query');
    access.requireAuthenticated(c.get('principal'));
    const query = readRobotQuery(parseQuery(q));
    const project = await robotAccess.authorizeListing(c.get('principal'), query.of);
    const { key, isDescending } = parseSort(sort, ROBOT_ORDERS, { key: 'name', isDescending: false });
    const apiPage = { page, pageSize };
    const { items, total } = await robots.list(toRobotFilter(query, project), {
      limit: limitOf(apiPage),
      offset: offsetOf(apiPage),
      orderBy: key,
      isDescending,
    });
    const { robot_name_prefix: prefix } = await configuration.current();
    setListHeaders(c, apiPage, total);
    return c.json(
      items.map((robot) => toRobotDto(robot, prefix)),
      200,
    );
  });

  routes.openapi(createRobot, async (c) => {
    const { access, configuration, robotAccess, robots } = c.get('services');
    const { level, permissions, secret: wanted, duration, disable, name, description } = c.req.valid('json');
    access.requireAuthenticated(c.get('principal'));
    const grant = await robotAccess.authorizeCreation(c.get('principal'), readLevel(level), permissions);
    const { robot_name_prefix: prefix, robot_token_duration: usualDays } = await configuration.current();
    const creation = { name, description, durationDays: duration ?? usualDays, isDisabled: disable, ...grant };
    const { robot, secret } = await robots.create({ ...creation, secret: wanted || undefined }, c.get('actor'));
    return c.json(toRobotCreatedDto(robot, prefix, secret), 201, { Location: `${c.req.path}/${robot.id}` });
  });

  routes.openapi(getRobot, async (c) => {
    const { configuration, robotAccess } = c.get('services');
    const robot = await robotAccess.authorize(c.get('principal'), c.req.valid('param').robot_id, 'robot:read');
    return c.json(toRobotDto(robot, (await configuration.current()).robot_name_prefix), 200);
  });

  routes.openapi(updateRobot, async (c) => {
    const { configuration, robotAccess, robots } = c.get('services');
    const { duration, description, disable: isDisabled, ...request } = c.req.valid('json');
    const robot = await robotAccess.authorize(c.get('principal'), c.req.valid('param').robot_id, 'robot:update');
    requireSameIdentity(robot, request, (await configuration.current()).robot_name_prefix);
    const permissions = await robotAccess.authorizeChange(c.get('principal'), robot, request.permissions);
    const durationDays = duration ?? robot.durationDays;
    await robots.update(robot, { description, durationDays, isDisabled, permissions }, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(refreshSecret, async (c) => {
    const { robotAccess, robots } = c.get('services');
    const { secret: wanted } = c.req.valid('json');
    const robot = await robotAccess.authorize(c.get('principal'), c.req.valid('param').robot_id, 'robot:update');
    const secret = await robots.refreshSecret(robot, wanted || undefined, c.get('actor'));
    return c.json(wanted ? {} : { secret }, 200);
  });

  routes.openapi(deleteRobot, async (c) => {
    const { robotAccess, robots } = c.get('services');
    const robot = await robotAccess.authorize(c.get('principal'), c.req.valid('param').robot_id, 'robot:delete');
    await robots.delete(robot, c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}

/** `name` is the whole one, as answers show it. */
function requireSameIdentity(
  robot: Robot,
  { level, name }: { readonly level: string; readonly name: string },
  prefix: string,
): void {
  const isSame = readLevel(level) === (robot.project ? 'project' : 'system') && name === fullName(robot, prefix);
  if (!isSame) throw new AppError('BAD_REQUEST', { message: 'cannot update the level or name of robot' });
}
