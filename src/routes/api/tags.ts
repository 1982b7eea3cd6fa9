import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { parseSort, toOffsetPage } from '#core/api-query';
import { AppError } from '#core/errors';
import { parseListingFilter } from '#core/listing-filter';
import { parseTag, withinProject } from '#core/reference';
import { TAG_KEYS, TAG_ORDERS } from '#domain/tags/tag-store';
import { ARTIFACTS_PATH, artifactParams, referenceOfPath } from '#routes/api/artifact-path';
import { setListHeaders } from '#routes/api/paging';
import { repositoryOfPath } from '#routes/api/repository-name';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, flagSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import { newTagSchema, tagSchema, toTagDto } from '#routes/api/schemas/tag';
import type { AppEnv } from '#routes/app-env';

const TAGS_PATH = `${ARTIFACTS_PATH}/{reference}/tags` as const;

const createTag = createRoute({
  method: 'post',
  path: TAGS_PATH,
  operationId: 'createTag',
  tags: ['artifact'],
  middleware: jsonBody,
  request: {
    params: artifactParams,
    body: { required: true, content: { 'application/json': { schema: newTagSchema } } },
  },
  responses: {
    201: { description: 'created', headers: z.object({ Location: z.string() }) },
    ...errorResponses(400, 401, 403, 404, 409, 415, 422),
  },
});

const listTags = createRoute({
  method: 'get',
  path: TAGS_PATH,
  operationId: 'listTags',
  tags: ['artifact'],
  request: {
    params: artifactParams,
    query: pageQuerySchema.extend({ with_immutable_status: flagSchema.optional() }),
  },
  responses: {
    200: listResponse(tagSchema),
    ...errorResponses(400, 401, 403, 404, 422),
  },
});

const deleteTag = createRoute({
  method: 'delete',
  path: `${TAGS_PATH}/{tag_name}`,
  operationId: 'deleteTag',
  tags: ['artifact'],
  request: { params: artifactParams.extend({ tag_name: z.string() }) },
  responses: { 200: { description: 'deleted' }, ...errorResponses(400, 401, 403, 404, 412) },
});

export function tagRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(createTag, async (c) => {
    const { access, tags } = c.get('services');
    const { project_name: project, repository_name: rest, reference } = c.req.valid('param');
    const { name } = c.req.valid('json');
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'tag:create', withinProject(repository));
    const tag = parseTag(name);
    if (!tag) throw new AppError('BAD_REQUEST', { message: `invalid tag name: ${name.slice(0, 128)}` });
    await tags.create(repository, referenceOfPath(reference), tag, c.get('actor'));
    return c.body(null, 201, { Location: `${new URL(c.req.url).pathname.replace(/\/$/, '')}/${tag}` });
  });

  routes.openapi(listTags, async (c) => {
    const { access, tags, immutability } = c.get('services');
    const { project_name: project, repository_name: rest, reference } = c.req.valid('param');
    const { page, page_size: pageSize, q, sort, with_immutable_status: isWanted } = c.req.valid('query');
    const filter = parseListingFilter(q, TAG_KEYS);
    const { key: orderBy, isDescending } = parseSort(sort, TAG_ORDERS, { key: 'push_time', isDescending: true });
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'tag:list', withinProject(repository));
    const apiPage = { page, pageSize };
    const { artifact, items, total } = await tags.listOfArtifact(repository, referenceOfPath(reference), filter, {
      ...toOffsetPage(apiPage),
      orderBy,
      isDescending,
    });
    const isImmutable = await immutability.statusOf(artifact.projectId, isWanted);
    setListHeaders(c, apiPage, total);
    return c.json(
      items.map((tag) => toTagDto(tag, artifact, isImmutable(repository, tag.name))),
      200,
    );
  });

  routes.openapi(deleteTag, async (c) => {
    const { access, tags } = c.get('services');
    const { project_name: project, repository_name: rest, reference, tag_name: name } = c.req.valid('param');
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'tag:delete', withinProject(repository));
    const tag = parseTag(name);
    if (!tag) throw new AppError('NOT_FOUND', { message: 'there is no such tag' });
    await tags.deleteOfArtifact(repository, referenceOfPath(reference), tag, c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}
