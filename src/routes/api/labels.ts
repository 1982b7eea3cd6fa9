import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { parseSort, toOffsetPage } from '#core/api-query';
import { AppError } from '#core/errors';
import { parseListingFilter } from '#core/listing-filter';
import type { Label } from '#domain/labels/label';
import { LABEL_KEYS, LABEL_ORDERS } from '#domain/labels/label-store';
import { setListHeaders } from '#routes/api/paging';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import { labelReqSchema, labelSchema, toLabelDraft, toLabelDto } from '#routes/api/schemas/label';
import type { AppEnv } from '#routes/app-env';

const tags = ['label'];
const params = z.object({ label_id: idSchema });
const body = { required: true, content: { 'application/json': { schema: labelReqSchema } } };

const listLabels = createRoute({
  method: 'get',
  path: '/labels',
  operationId: 'ListLabels',
  tags,
  request: {
    query: pageQuerySchema.extend({
      name: z.string().optional().openapi({ description: 'part of the name' }),
      scope: z.string().optional().openapi({ description: 'g for labels of the registry, p for those of a project' }),
      project_id: idSchema.optional(),
    }),
  },
  responses: {
    200: listResponse(labelSchema),
    ...errorResponses(400, 401, 403, 404, 422),
  },
});

const createLabel = createRoute({
  method: 'post',
  path: '/labels',
  operationId: 'CreateLabel',
  tags,
  middleware: jsonBody,
  request: { body },
  responses: {
    201: { description: 'created', headers: z.object({ Location: z.string() }) },
    ...errorResponses(400, 401, 403, 404, 409, 412, 415, 422),
  },
});

const getLabel = createRoute({
  method: 'get',
  path: '/labels/{label_id}',
  operationId: 'GetLabelByID',
  tags,
  request: { params },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: labelSchema } } },
    ...errorResponses(401, 403, 404, 422),
  },
});

const updateLabel = createRoute({
  method: 'put',
  path: '/labels/{label_id}',
  operationId: 'UpdateLabel',
  tags,
  middleware: jsonBody,
  request: { params, body },
  responses: { 200: { description: 'updated' }, ...errorResponses(400, 401, 403, 404, 409, 415, 422) },
});

const deleteLabel = createRoute({
  method: 'delete',
  path: '/labels/{label_id}',
  operationId: 'DeleteLabel',
  tags,
  request: { params },
  responses: { 200: { description: 'deleted' }, ...errorResponses(401, 403, 404, 422) },
});

export function labelRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listLabels, async (c) => {
    const { page, page_size: pageSize, q, sort, name, scope, project_id: id } = c.req.valid('query');
    const query = parseListingFilter(q, LABEL_KEYS);
    const { key: orderBy, isDescending } = parseSort(sort, LABEL_ORDERS, { key: 'id', isDescending: false });
    const projectId = scopedProject(scope, id);
    // Labels of the registry are everybody's to see, as in Harbor.
    if (projectId !== undefined) await authorize(c, projectId, 'list');
    const apiPage = { page, pageSize };
    const filter = { projectId, nameContains: name || undefined, query };
    const window = { ...toOffsetPage(apiPage), orderBy, isDescending };
    const { items, total } = await c.get('services').labels.list(filter, window);
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toLabelDto), 200);
  });

  routes.openapi(createLabel, async (c) => {
    const request = c.req.valid('json');
    const projectId = scopedProject(request.scope, request.project_id);
    await authorize(c, projectId, 'create');
    const id = await c.get('services').labels.create(toLabelDraft(request), projectId, c.get('actor'));
    return c.body(null, 201, { Location: `${c.req.path.replace(/\/$/, '')}/${id}` });
  });

  routes.openapi(getLabel, async (c) => {
    const label = await authorizeLabel(c, c.req.valid('param').label_id, 'read');
    return c.json(toLabelDto(label), 200);
  });

  routes.openapi(updateLabel, async (c) => {
    const label = await authorizeLabel(c, c.req.valid('param').label_id, 'update');
    await c.get('services').labels.update(label, toLabelDraft(c.req.valid('json')), c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(deleteLabel, async (c) => {
    const label = await authorizeLabel(c, c.req.valid('param').label_id, 'delete');
    await c.get('services').labels.delete(label, c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}

/** The project of a scope, undefined for the registry's own; BAD_REQUEST for another scope, and for a project without id. */
function scopedProject(scope: string | undefined, projectId: number | undefined): number | undefined {
  if (scope === 'g') return undefined;
  if (scope !== 'p') throw new AppError('BAD_REQUEST', { message: `invalid scope: ${(scope ?? '').slice(0, 64)}` });
  if (projectId !== undefined && projectId > 0) return projectId;
  throw new AppError('BAD_REQUEST', { message: 'the scope p needs the id of a project in project_id' });
}

type LabelAction = 'create' | 'read' | 'update' | 'delete' | 'list';

/** The right on labels of a project, or on those of the registry. */
async function authorize(c: Context<AppEnv>, projectId: number | undefined, action: LabelAction): Promise<void> {
  const { access } = c.get('services');
  if (projectId === undefined) access.authorizeSystem(c.get('principal'), `label:${action}`);
  else await access.authorizeProject(c.get('principal'), projectId, `label:${action}`);
}

/** The label on which the caller has the right. That there is none is told to those alone who may see all. */
async function authorizeLabel(c: Context<AppEnv>, labelId: number, action: LabelAction): Promise<Label> {
  const label = await c.get('services').labels.find(labelId);
  await authorize(c, label?.projectId, action);
  if (!label) throw new AppError('NOT_FOUND', { message: `label ${labelId} not found` });
  return label;
}
