import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { parseFilter, parseSort, toOffsetPage, valueMatching } from '#core/api-query';
import { withinProject } from '#core/reference';
import { REPOSITORY_ORDERS } from '#domain/repositories/repository-store';
import { setListHeaders } from '#routes/api/paging';
import { repositoryOfPath } from '#routes/api/repository-name';
import { createApiRouter } from '#routes/api/router';
import { errorResponses, listHeaders, pageQuerySchema } from '#routes/api/schemas/common';
import { repositorySchema, toRepositoryDto } from '#routes/api/schemas/repository';
import type { AppEnv } from '#routes/app-env';

const repositoryParams = z.object({ project_name: z.string(), repository_name: z.string() });

const listRepositories = createRoute({
  method: 'get',
  path: '/projects/{project_name}/repositories',
  operationId: 'listRepositories',
  tags: ['repository'],
  request: { params: z.object({ project_name: z.string() }), query: pageQuerySchema },
  responses: {
    200: {
      description: 'ok',
      headers: listHeaders,
      content: { 'application/json': { schema: z.array(repositorySchema) } },
    },
    ...errorResponses(400, 401, 403, 404, 422),
  },
});

const getRepository = createRoute({
  method: 'get',
  path: '/projects/{project_name}/repositories/{repository_name}',
  operationId: 'getRepository',
  tags: ['repository'],
  request: { params: repositoryParams },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: repositorySchema } } },
    ...errorResponses(400, 401, 403, 404),
  },
});

const deleteRepository = createRoute({
  method: 'delete',
  path: '/projects/{project_name}/repositories/{repository_name}',
  operationId: 'deleteRepository',
  tags: ['repository'],
  request: { params: repositoryParams },
  responses: { 200: { description: 'deleted' }, ...errorResponses(400, 401, 403, 404) },
});

export function repositoryRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listRepositories, async (c) => {
    const { access, repositories } = c.get('services');
    const { page, page_size: pageSize, q, sort } = c.req.valid('query');
    const { name } = parseFilter(q, { name: ['exact', 'fuzzy'] });
    const { key: orderBy, isDescending } = parseSort(sort, REPOSITORY_ORDERS, { key: 'name', isDescending: false });
    const projectName = c.req.valid('param').project_name;
    const { project, ranges } = await access.authorizeRepositoryListing(c.get('principal'), projectName);
    const apiPage = { page, pageSize };
    const filter = { name: valueMatching(name, 'exact'), nameContains: valueMatching(name, 'fuzzy'), ranges };
    const { items, total } = await repositories.list(project.id, filter, {
      ...toOffsetPage(apiPage),
      orderBy,
      isDescending,
    });
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
