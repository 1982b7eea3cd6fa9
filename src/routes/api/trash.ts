import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { toOffsetPage } from '#core/api-query';
import { parseDigest } from '#core/digest';
import { AppError } from '#core/errors';
import { parseTag, withinProject } from '#core/reference';
import { setListHeaders } from '#routes/api/paging';
import { repositoryOfPath } from '#routes/api/repository-name';
import { createApiRouter } from '#routes/api/router';
import { errorResponses, flagSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import {
  restoredArtifactSchema,
  toRestoredArtifactDto,
  toTrashItemDto,
  trashItemSchema,
} from '#routes/api/schemas/trash';
import type { AppEnv } from '#routes/app-env';

const REPOSITORY = '/projects/{project_name}/repositories/{repository_name}';
const tags = ['trash'];
const repositoryParams = z.object({ project_name: z.string(), repository_name: z.string() });
const location = z.object({ Location: z.string().openapi({ description: 'the artifact' }) });

const listTrash = createRoute({
  method: 'get',
  path: `${REPOSITORY}/trash`,
  operationId: 'listTrash',
  tags,
  request: { params: repositoryParams, query: pageQuerySchema.pick({ page: true, page_size: true }) },
  responses: {
    200: listResponse(trashItemSchema, 'what can be restored, the newest deletion first'),
    ...errorResponses(400, 401, 403, 404, 422),
  },
});

const restoreArtifact = createRoute({
  method: 'post',
  path: `${REPOSITORY}/trash/artifacts/{digest}/restore`,
  operationId: 'restoreArtifact',
  tags,
  request: { params: repositoryParams.extend({ digest: z.string() }) },
  responses: {
    201: {
      description: 'restored',
      headers: location,
      content: { 'application/json': { schema: restoredArtifactSchema } },
    },
    ...errorResponses(400, 401, 403, 404),
  },
});

const restoreTag = createRoute({
  method: 'post',
  path: `${REPOSITORY}/trash/tags/{tag}/restore`,
  operationId: 'restoreTag',
  tags,
  request: {
    params: repositoryParams.extend({ tag: z.string() }),
    query: z.object({ overwrite: flagSchema.optional() }),
  },
  responses: {
    201: { description: 'restored', headers: location },
    ...errorResponses(400, 401, 403, 404, 409, 412, 422),
  },
});

/** Who may delete may see what was deleted, and bring it back; nobody else, as a deletion may have had its reasons. */
export function trashRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listTrash, async (c) => {
    const { access, trash } = c.get('services');
    const { project_name: project, repository_name: rest } = c.req.valid('param');
    const { page, page_size: pageSize } = c.req.valid('query');
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'artifact:delete', withinProject(repository));
    const apiPage = { page, pageSize };
    const { items, total } = await trash.list(repository, toOffsetPage(apiPage));
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toTrashItemDto), 200);
  });

  routes.openapi(restoreArtifact, async (c) => {
    const { access, trash } = c.get('services');
    const { project_name: project, repository_name: rest, digest: text } = c.req.valid('param');
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'artifact:delete', withinProject(repository));
    const digest = parseDigest(text);
    if (!digest) throw new AppError('BAD_REQUEST', { message: 'invalid digest' });
    const restored = await trash.restoreArtifact(repository, digest, c.get('actor'));
    return c.json(toRestoredArtifactDto(restored), 201, { Location: artifactPath(c.req.path, digest) });
  });

  routes.openapi(restoreTag, async (c) => {
    const { access, trash } = c.get('services');
    const { project_name: project, repository_name: rest, tag: text } = c.req.valid('param');
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'tag:delete', withinProject(repository));
    const tag = parseTag(text);
    if (!tag) throw new AppError('BAD_REQUEST', { message: 'invalid tag' });
    const isOverwriting = c.req.valid('query').overwrite === true;
    const digest = await trash.restoreTag(repository, tag, { isOverwriting }, c.get('actor'));
    return c.body(null, 201, { Location: artifactPath(c.req.path, digest) });
  });

  return routes;
}

/** Where the artifact is, from the path of its restoration. */
function artifactPath(path: string, digest: string): string {
  return `${path.slice(0, path.lastIndexOf('/trash/'))}/artifacts/${digest}`;
}
