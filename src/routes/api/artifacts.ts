import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { withinProject } from '#core/reference';
import { ARTIFACTS_PATH, artifactParams, referenceOfPath, repositoryParams } from '#routes/api/artifact-path';
import { artifactListQuery, listingOf, partsOf, reportHeaders, viewQuery } from '#routes/api/artifact-view';
import { setListHeaders } from '#routes/api/paging';
import { repositoryOfPath } from '#routes/api/repository-name';
import { createApiRouter } from '#routes/api/router';
import { artifactSchema, toArtifactDto } from '#routes/api/schemas/artifact';
import { errorResponses, flagSchema, listResponse } from '#routes/api/schemas/common';
import type { AppEnv } from '#routes/app-env';

const listArtifacts = createRoute({
  method: 'get',
  path: ARTIFACTS_PATH,
  operationId: 'listArtifacts',
  tags: ['artifact'],
  request: { params: repositoryParams, headers: reportHeaders, query: artifactListQuery },
  responses: {
    200: listResponse(artifactSchema),
    ...errorResponses(400, 401, 403, 404, 422),
  },
});

const getArtifact = createRoute({
  method: 'get',
  path: `${ARTIFACTS_PATH}/{reference}`,
  operationId: 'getArtifact',
  tags: ['artifact'],
  request: {
    params: artifactParams,
    headers: reportHeaders,
    query: viewQuery.extend({ with_signature: flagSchema.optional() }),
  },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: artifactSchema } } },
    ...errorResponses(400, 401, 403, 404, 422),
  },
});

const deleteArtifact = createRoute({
  method: 'delete',
  path: `${ARTIFACTS_PATH}/{reference}`,
  operationId: 'deleteArtifact',
  tags: ['artifact'],
  request: { params: artifactParams },
  responses: { 200: { description: 'deleted' }, ...errorResponses(400, 401, 403, 404, 412) },
});

export function artifactRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listArtifacts, async (c) => {
    const { access, artifacts, immutability } = c.get('services');
    const { project_name: project, repository_name: rest } = c.req.valid('param');
    const query = c.req.valid('query');
    const listing = listingOf(query);
    const repository = repositoryOfPath(project, rest);
    const { id } = await access.authorizeProject(
      c.get('principal'),
      project,
      'artifact:list',
      withinProject(repository),
    );
    const { items, total } = await artifacts.list(repository, listing);
    const isImmutable = await immutability.statusOf(id, query.with_immutable_status);
    setListHeaders(c, { page: query.page, pageSize: query.page_size }, total);
    return c.json(
      items.map((artifact) => toArtifactDto(artifact, isImmutable)),
      200,
    );
  });

  routes.openapi(getArtifact, async (c) => {
    const { access, artifacts, immutability } = c.get('services');
    const { project_name: project, repository_name: rest, reference } = c.req.valid('param');
    const query = c.req.valid('query');
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'artifact:read', withinProject(repository));
    const artifact = await artifacts.get(repository, referenceOfPath(reference), partsOf(query));
    const isImmutable = await immutability.statusOf(artifact.projectId, query.with_immutable_status);
    return c.json(toArtifactDto(artifact, isImmutable), 200);
  });

  routes.openapi(deleteArtifact, async (c) => {
    const { access, artifacts } = c.get('services');
    const { project_name: project, repository_name: rest, reference } = c.req.valid('param');
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'artifact:delete', withinProject(repository));
    await artifacts.delete(repository, referenceOfPath(reference), c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}
