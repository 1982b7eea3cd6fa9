import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { parseSort, toOffsetPage } from '#core/api-query';
import { parseListingFilter } from '#core/listing-filter';
import { withinProject } from '#core/reference';
import { ACCESSORY_KEYS, ACCESSORY_ORDERS } from '#domain/artifacts/artifact-query';
import { ARTIFACTS_PATH, artifactParams, referenceOfPath } from '#routes/api/artifact-path';
import { setListHeaders } from '#routes/api/paging';
import { repositoryOfPath } from '#routes/api/repository-name';
import { createApiRouter } from '#routes/api/router';
import { accessorySchema, toAccessoryDto } from '#routes/api/schemas/accessory';
import { errorResponses, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import type { AppEnv } from '#routes/app-env';

const listAccessories = createRoute({
  method: 'get',
  path: `${ARTIFACTS_PATH}/{reference}/accessories`,
  operationId: 'listAccessories',
  tags: ['artifact'],
  request: { params: artifactParams, query: pageQuerySchema },
  responses: {
    200: listResponse(accessorySchema),
    ...errorResponses(400, 401, 403, 404, 422),
  },
});

export function accessoryRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listAccessories, async (c) => {
    const { access, artifacts } = c.get('services');
    const { project_name: project, repository_name: rest, reference } = c.req.valid('param');
    const { page, page_size: pageSize, q, sort } = c.req.valid('query');
    const filter = parseListingFilter(q, ACCESSORY_KEYS);
    const { key, isDescending } = parseSort(sort, ACCESSORY_ORDERS, { key: 'id', isDescending: false });
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'accessory:list', withinProject(repository));
    const apiPage = { page, pageSize };
    const { items, total } = await artifacts.listAccessories(repository, referenceOfPath(reference), {
      filter,
      page: { ...toOffsetPage(apiPage), orderBy: key, isDescending },
    });
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toAccessoryDto), 200);
  });

  return routes;
}
