import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { MAX_FOUND } from '#domain/search/search-service';
import { createApiRouter } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import { searchSchema, toSearchDto } from '#routes/api/schemas/search';
import type { AppEnv } from '#routes/app-env';

const search = createRoute({
  method: 'get',
  path: '/search',
  operationId: 'search',
  tags: ['search'],
  request: {
    query: z.object({
      q: z.string().min(1, 'is required').openapi({
        description:
          'part of a name, `project` or `project/repository`; of less than three characters the beginning of one',
      }),
    }),
  },
  responses: {
    200: {
      description: `the first ${MAX_FOUND} projects and the first ${MAX_FOUND} repositories that the caller may see`,
      content: { 'application/json': { schema: searchSchema } },
    },
    ...errorResponses(422),
  },
});

export function searchRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(search, async (c) => {
    const { permissions, search: searches } = c.get('services');
    const principal = c.get('principal');
    const found = await searches.search(c.req.valid('query').q, {
      projects: permissions.visibleProjects(principal),
      repositories: permissions.visibleRepositories(principal),
    });
    return c.json(toSearchDto(found), 200);
  });

  return routes;
}
