import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError } from '#core/errors';
import type { Action } from '#core/rbac/resources';
import { DEFAULT_POLICY_SCOPE, type RetentionPolicy } from '#domain/retention/retention-policy';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema } from '#routes/api/schemas/common';
import {
  RETENTION_METADATA,
  retentionMetadataSchema,
  retentionReqSchema,
  retentionSchema,
  toRetentionDto,
  toWirePolicy,
} from '#routes/api/schemas/retention';
import type { AppEnv } from '#routes/app-env';

const tags = ['Retention'];
const params = z.object({ id: idSchema });
const body = { required: true, content: { 'application/json': { schema: retentionReqSchema } } };

const getMetadata = createRoute({
  method: 'get',
  path: '/retentions/metadatas',
  operationId: 'getRentenitionMetadata',
  tags,
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: retentionMetadataSchema } } },
    ...errorResponses(401),
  },
});

const createRetention = createRoute({
  method: 'post',
  path: '/retentions',
  operationId: 'createRetention',
  tags,
  middleware: jsonBody,
  request: { body },
  responses: {
    201: { description: 'created', headers: z.object({ Location: z.string() }) },
    ...errorResponses(400, 401, 403, 404, 409, 415, 422),
  },
});

const getRetention = createRoute({
  method: 'get',
  path: '/retentions/{id}',
  operationId: 'getRetention',
  tags,
  request: { params },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: retentionSchema } } },
    ...errorResponses(401, 403, 404, 422),
  },
});

const updateRetention = createRoute({
  method: 'put',
  path: '/retentions/{id}',
  operationId: 'updateRetention',
  tags,
  middleware: jsonBody,
  request: { params, body },
  responses: { 200: { description: 'updated' }, ...errorResponses(400, 401, 403, 404, 409, 415, 422) },
});

const deleteRetention = createRoute({
  method: 'delete',
  path: '/retentions/{id}',
  operationId: 'deleteRetention',
  tags,
  request: { params },
  responses: { 200: { description: 'deleted' }, ...errorResponses(401, 403, 404, 422) },
});

/** Policies of projects, as Harbor has them; their runs are in `retention-executions.ts`. */
export function retentionRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(getMetadata, (c) => {
    c.get('services').access.requireAuthenticated(c.get('principal'));
    return c.json(RETENTION_METADATA, 200);
  });

  routes.openapi(createRetention, async (c) => {
    const request = c.req.valid('json');
    const project = requireScope(request.scope);
    await authorizeCreation(c, project);
    const id = await c.get('services').retention.create(project, toWirePolicy(request), c.get('actor'));
    return c.body(null, 201, { Location: `${c.req.path.replace(/\/$/, '')}/${id}` });
  });

  routes.openapi(getRetention, async (c) => {
    const policy = await authorizeRetention(c, c.req.valid('param').id, 'read');
    return c.json(toRetentionDto(policy), 200);
  });

  routes.openapi(updateRetention, async (c) => {
    const request = c.req.valid('json');
    const project = requireScope(request.scope);
    const { id } = c.req.valid('param');
    await c.get('services').access.authorizeProject(c.get('principal'), project, 'tag-retention:update');
    const policy = await c.get('services').retention.find(id);
    if (policy?.projectId !== project) {
      throw new AppError('NOT_FOUND', { message: `the retention policy id ${id} does not match` });
    }
    await c.get('services').retention.update(policy, toWirePolicy(request), c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(deleteRetention, async (c) => {
    const policy = await authorizeRetention(c, c.req.valid('param').id, 'delete');
    await c.get('services').retention.delete(policy, c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}

/** The project of a scope; BAD_REQUEST for another scope, in Harbor's words. */
function requireScope({ level, ref }: { readonly level: string; readonly ref: number }): number {
  if (level !== 'project') {
    throw new AppError('BAD_REQUEST', { message: `scope ${level.slice(0, 64)} is not support` });
  }
  if (ref <= 0) throw invalidProject(ref);
  return ref;
}

/** In the project; BAD_REQUEST, in Harbor's words, when there is none, for those alone who may see all. */
async function authorizeCreation(c: Context<AppEnv>, projectId: number): Promise<void> {
  const { access, projects } = c.get('services');
  const principal = c.get('principal');
  if (await projects.find(projectId)) {
    await access.authorizeProject(principal, projectId, 'tag-retention:create');
    return;
  }
  access.authorizeSystem(principal, 'tag-retention:create');
  throw invalidProject(projectId);
}

function invalidProject(id: number): AppError {
  return new AppError('BAD_REQUEST', { message: `invalid Project id ${id}` });
}

/**
 * The policy on which the caller has the right: in its project, or on the system where it is the default one. That there is
 * none is told to those alone who may see all.
 */
export async function authorizeRetention(
  c: Context<AppEnv>,
  id: number,
  action: Extract<Action, 'read' | 'update' | 'delete' | 'list'>,
): Promise<RetentionPolicy> {
  const { access, retention } = c.get('services');
  const principal = c.get('principal');
  const policy = await retention.find(id);
  if (policy && policy.projectId !== DEFAULT_POLICY_SCOPE) {
    await access.authorizeProject(principal, policy.projectId, `tag-retention:${action}`);
    return policy;
  }
  access.authorizeSystem(principal, `tag-retention:${action}`);
  if (policy) return policy;
  throw new AppError('NOT_FOUND', { message: `no such Retention policy with id ${id}` });
}
