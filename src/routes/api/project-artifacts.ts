import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '#core/errors';
import type { ArtifactFilter } from '#domain/artifacts/artifact-query';
import { artifactListQuery, listingOf, reportHeaders } from '#routes/api/artifact-view';
import { setListHeaders } from '#routes/api/paging';
import { projectParam, resourceNameHeader, toNameOrId } from '#routes/api/project-param';
import { createApiRouter } from '#routes/api/router';
import { artifactSchema, toArtifactDto } from '#routes/api/schemas/artifact';
import { errorResponses, flagSchema, listResponse } from '#routes/api/schemas/common';
import type { AppEnv } from '#routes/app-env';

const listArtifactsOfProject = createRoute({
  method: 'get',
  path: '/projects/{project_name_or_id}/artifacts',
  operationId: 'listArtifactsOfProject',
  tags: ['project'],
  request: {
    params: projectParam,
    headers: resourceNameHeader.extend(reportHeaders.shape),
    query: artifactListQuery.extend({ latest_in_repository: flagSchema.optional() }),
  },
  responses: {
    200: listResponse(artifactSchema),
    ...errorResponses(400, 401, 403, 404, 422),
  },
});

export function projectArtifactRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listArtifactsOfProject, async (c) => {
    const { access, artifacts, immutability } = c.get('services');
    const query = c.req.valid('query');
    const listing = listingOf(query);
    const isLatestOnly = query.latest_in_repository ?? false;
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    access.requireAuthenticated(c.get('principal'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'artifact:list');
    if (isLatestOnly) requireOneKind(listing.filter);
    const { items, total } = await artifacts.listOfProject(project.id, { ...listing, isLatestOnly });
    setListHeaders(c, { page: query.page, pageSize: query.page_size }, total);
    const isImmutable = await immutability.statusOf(project.id, query.with_immutable_status);
    return c.json(
      items.map((artifact) => toArtifactDto(artifact, isImmutable)),
      200,
    );
  });

  return routes;
}

/** The newest of a repository is the newest of some kind (`harbor:src/server/v2.0/handler/project.go`). */
function requireOneKind(filter: ArtifactFilter): void {
  if ((filter.media_type === undefined) !== (filter.artifact_type === undefined)) return;
  throw new AppError('BAD_REQUEST', {
    message:
      "either 'media_type' or 'artifact_type' must be specified, but not both, when querying with latest_in_repository",
  });
}
