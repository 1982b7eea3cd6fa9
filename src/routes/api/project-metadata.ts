import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { projectParam, resourceNameHeader, toNameOrId } from '#routes/api/project-param';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import type { AppEnv } from '#routes/app-env';

const path = '/projects/{project_name_or_id}/metadatas';
const tags = ['projectMetadata'];
const headers = resourceNameHeader;
const keyParam = projectParam.extend({ meta_name: z.string() });
const entriesSchema = z.record(z.string(), z.string());
const entries = { description: 'ok', content: { 'application/json': { schema: entriesSchema } } };
const body = {
  required: true,
  content: { 'application/json': { schema: entriesSchema.openapi({ description: 'one key and its value' }) } },
};

// Harbor's paths of a collection end in a slash; here each answers with and without.
const listProjectMetadatas = createRoute({
  method: 'get',
  path,
  operationId: 'listProjectMetadatas',
  tags,
  request: { params: projectParam, headers },
  responses: { 200: entries, ...errorResponses(401, 403, 404) },
});

const addProjectMetadatas = createRoute({
  method: 'post',
  path,
  operationId: 'addProjectMetadatas',
  tags,
  middleware: jsonBody,
  request: { params: projectParam, headers, body },
  responses: { 200: { description: 'added' }, ...errorResponses(400, 401, 403, 404, 409, 415, 422) },
});

const getProjectMetadata = createRoute({
  method: 'get',
  path: `${path}/{meta_name}`,
  operationId: 'getProjectMetadata',
  tags,
  request: { params: keyParam, headers },
  responses: { 200: entries, ...errorResponses(401, 403, 404) },
});

const updateProjectMetadata = createRoute({
  method: 'put',
  path: `${path}/{meta_name}`,
  operationId: 'updateProjectMetadata',
  tags,
  middleware: jsonBody,
  request: { params: keyParam, headers, body },
  responses: { 200: { description: 'set' }, ...errorResponses(400, 401, 403, 404, 415, 422) },
});

const deleteProjectMetadata = createRoute({
  method: 'delete',
  path: `${path}/{meta_name}`,
  operationId: 'deleteProjectMetadata',
  tags,
  request: { params: keyParam, headers },
  responses: { 200: { description: 'deleted' }, ...errorResponses(400, 401, 403, 404) },
});

/** A project's metadata, key by key. */
export function projectMetadataRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listProjectMetadatas, async (c) => {
    const { access, projectMetadata } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'metadata:list');
    return c.json(await projectMetadata.list(project), 200);
  });

  routes.openapi(addProjectMetadatas, async (c) => {
    const { access, projectMetadata } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'metadata:create');
    await projectMetadata.add(project, c.req.valid('json'), c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(getProjectMetadata, async (c) => {
    const { access, projectMetadata } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'metadata:read');
    return c.json(await projectMetadata.get(project, c.req.valid('param').meta_name), 200);
  });

  routes.openapi(updateProjectMetadata, async (c) => {
    const { access, projectMetadata } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'metadata:update');
    await projectMetadata.put(project, c.req.valid('param').meta_name, c.req.valid('json'), c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(deleteProjectMetadata, async (c) => {
    const { access, projectMetadata } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'metadata:delete');
    await projectMetadata.delete(project, c.req.valid('param').meta_name, c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}
