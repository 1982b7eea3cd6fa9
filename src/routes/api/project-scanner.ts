import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { setListHeaders } from '#routes/api/paging';
import { projectParam, resourceNameHeader, toNameOrId } from '#routes/api/project-param';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { readScannerQuery } from '#routes/api/scanner-query';
import { errorResponses, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import { noScannerSchema, projectScannerSchema, scannerSchema, toScannerDto } from '#routes/api/schemas/scanner';
import type { AppEnv } from '#routes/app-env';

const path = '/projects/{project_name_or_id}/scanner';
const tags = ['project'];
const target = { params: projectParam, headers: resourceNameHeader };

const getScannerOfProject = createRoute({
  method: 'get',
  path,
  operationId: 'getScannerOfProject',
  tags,
  request: target,
  responses: {
    200: {
      description: 'the scanner; an object without anything where there is none',
      content: { 'application/json': { schema: z.union([scannerSchema, noScannerSchema]) } },
    },
    ...errorResponses(401, 403, 404),
  },
});

const setScannerOfProject = createRoute({
  method: 'put',
  path,
  operationId: 'setScannerOfProject',
  tags,
  middleware: jsonBody,
  request: { ...target, body: { required: true, content: { 'application/json': { schema: projectScannerSchema } } } },
  responses: { 200: { description: 'chosen' }, ...errorResponses(400, 401, 403, 404, 415, 422) },
});

const listScannerCandidatesOfProject = createRoute({
  method: 'get',
  path: `${path}/candidates`,
  operationId: 'listScannerCandidatesOfProject',
  tags,
  request: { ...target, query: pageQuerySchema },
  responses: {
    200: listResponse(scannerSchema),
    ...errorResponses(400, 401, 403, 404, 422),
  },
});

/** The scanner of a project. */
export function projectScannerRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(getScannerOfProject, async (c) => {
    const { access, projectScanners } = c.get('services');
    access.requireAuthenticated(c.get('principal'));
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'scanner:read');
    const found = await projectScanners.find(project);
    return c.json(found ? toScannerDto(found) : {}, 200);
  });

  routes.openapi(setScannerOfProject, async (c) => {
    const { access, projectScanners } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'scanner:create');
    await projectScanners.choose(project, c.req.valid('json').uuid, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(listScannerCandidatesOfProject, async (c) => {
    const { access, scanners } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    await access.authorizeProject(c.get('principal'), nameOrId, 'scanner:create');
    const query = c.req.valid('query');
    const { filter, page } = readScannerQuery(query);
    const { items, total } = await scanners.list({ ...filter, isEnabledOnly: true }, page);
    setListHeaders(c, { page: query.page, pageSize: query.page_size }, total);
    return c.json(items.map(toScannerDto), 200);
  });

  return routes;
}
