import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { parseSort, toOffsetPage } from '#core/api-query';
import { parseListingFilter } from '#core/listing-filter';
import { withinProject } from '#core/reference';
import {
  PROJECT_REPOSITORY_KEYS,
  PROJECT_REPOSITORY_ORDERS,
  REPOSITORY_KEYS,
  REPOSITORY_ORDERS,
} from '#domain/repositories/repository-listing';
import { setListHeaders } from '#routes/api/paging';
import { repositoryOfPath } from '#routes/api/repository-name';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import { repositoryReqSchema, repositorySchema, toRepositoryDto } from '#routes/api/schemas/repository';
import type { AppEnv } from '#routes/app-env';

const tags = ['repository'];
const path = '/projects/{project_name}/repositories/{repository_name}';
const params = z.object({ project_name: z.string(), repository_name: z.string() });
const listed = listResponse(repositorySchema);

const listAllRepositories = createRoute({
  method: 'get',
  path: '/repositories',
  operationId: 'listAllRepositories',
  tags,
  request: { query: pageQuerySchema },
  responses: { 200: listed, ...errorResponses(400, 422) },
});

const listRepositories = createRoute({
  method: 'get',
  path: '/projects/{project_name}/repositories',
  operationId: 'listRepositories',
  tags,
  request: { params: params.pick({ project_name: true }), query: pageQuerySchema },
  responses: { 200: listed, ...errorResponses(400, 401, 403, 404, 422) },
});

const getRepository = createRoute({
  method: 'get',
  path,
  operationId: 'getRepository',
  tags,
  request: { params },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: repositorySchema } } },
    ...errorResponses(400, 401, 403, 404),
  },
});

const updateRepository = createRoute({
  method: 'put',
  path,
  operationId: 'updateRepository',
  tags,
  middleware: jsonBody,
  request: {
    params,
    body: {
      required: true,
      description: 'the repository, of which the description alone can change',
      content: { 'application/json': { schema: repositoryReqSchema } },
    },
  },
  responses: { 200: { description: 'updated' }, ...errorResponses(400, 401, 403, 404, 415, 422) },
});

const deleteRepository = createRoute({
  method: 'delete',
  path,
  operationId: 'deleteRepository',
  tags,
  request: { params },
  responses: { 200: { description: 'deleted' }, ...errorResponses(400, 401, 403, 404, 412) },
});

export function repositoryRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listAllRepositories, async (c) => {
    const { permissions, repositories } = c.get('services');
    const { page, page_size: pageSize, q, sort } = c.req.valid('query');
    const query = parseListingFilter(q, REPOSITORY_KEYS);
    const { key: orderBy, isDescending } = parseSort(sort, REPOSITORY_ORDERS, NEWEST_FIRST);
    const visibility = permissions.visibleRepositories(c.get('principal'));
    const apiPage = { page, pageSize };
    const window = { ...toOffsetPage(apiPage), orderBy, isDescending };
    const { items, total } = await repositories.list({ query, visibility }, window);
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toRepositoryDto), 200);
  });

  routes.openapi(listRepositories, async (c) => {
    const { access, repositories } = c.get('services');
    const { page, page_size: pageSize, q, sort } = c.req.valid('query');
    const query = parseListingFilter(q, PROJECT_REPOSITORY_KEYS);
    const { key: orderBy, isDescending } = parseSort(sort, PROJECT_REPOSITORY_ORDERS, NEWEST_FIRST);
    const projectName = c.req.valid('param').project_name;
    const { project, ranges } = await access.authorizeRepositoryListing(c.get('principal'), projectName);
    const apiPage = { page, pageSize };
    const window = { ...toOffsetPage(apiPage), orderBy, isDescending };
    const { items, total } = await repositories.listInProject(project, { query, ranges }, window);
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toRepositoryDto), 200);
  });

  routes.openapi(getRepository, async (c) => {
    const { access, repositories } = c.get('services');
    const { project_name: project, repository_name: rest } = c.req.valid('param');
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'repository:read', withinProject(repository));
    return c.json(toRepositoryDto(await repositories.get(repository)), 200);
  });

  routes.openapi(updateRepository, async (c) => {
    const { access, repositories } = c.get('services');
    const { project_name: project, repository_name: rest } = c.req.valid('param');
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'repository:update', withinProject(repository));
    await repositories.describe(repository, c.req.valid('json').description, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(deleteRepository, async (c) => {
    const { access, repositories } = c.get('services');
    const { project_name: project, repository_name: rest } = c.req.valid('param');
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'repository:delete', withinProject(repository));
    await repositories.delete(repository, c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}

/** `harbor:src/pkg/repository/model/model.go`, GetDefaultSorts. */
const NEWEST_FIRST = { key: 'creation_time', isDescending: true } as const;
