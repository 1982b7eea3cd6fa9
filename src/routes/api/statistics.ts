import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { createApiRouter } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import { statisticSchema, toStatisticDto } from '#routes/api/schemas/statistics';
import type { AppEnv } from '#routes/app-env';

const getStatistic = createRoute({
  method: 'get',
  path: '/statistics',
  operationId: 'getStatistic',
  tags: ['statistic'],
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: statisticSchema } } },
    ...errorResponses(401),
  },
});

export function statisticsRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(getStatistic, async (c) => {
    const { access, statistics } = c.get('services');
    access.requireAuthenticated(c.get('principal'));
    return c.json(toStatisticDto(await statistics.of(c.get('principal'))), 200);
  });

  return routes;
}
