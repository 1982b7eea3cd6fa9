import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { limitOf, offsetOf } from '#core/api-query';
import { setListHeaders } from '#routes/api/paging';
import { projectParam, resourceNameHeader, toNameOrId } from '#routes/api/project-param';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import {
  projectMemberEntitySchema,
  projectMemberSchema,
  roleRequestSchema,
  toMemberDto,
  toMemberReference,
} from '#routes/api/schemas/member';
import type { AppEnv } from '#routes/app-env';

const path = '/projects/{project_name_or_id}/members';
const tags = ['member'];
const memberParam = projectParam.extend({ mid: idSchema });

const listProjectMembers = createRoute({
  method: 'get',
  path,
  operationId: 'listProjectMembers',
  tags,
  request: {
    params: projectParam,
    headers: resourceNameHeader,
    query: pageQuerySchema.extend({ entityname: z.string().optional() }),
  },
  responses: {
    200: listResponse(projectMemberEntitySchema),
    ...errorResponses(401, 403, 404, 422),
  },
});

const createProjectMember = createRoute({
  method: 'post',
  path,
  operationId: 'createProjectMember',
  tags,
  middleware: jsonBody,
  request: {
    params: projectParam,
    headers: resourceNameHeader,
    body: { required: true, content: { 'application/json': { schema: projectMemberSchema } } },
  },
  responses: {
    201: { description: 'created', headers: z.object({ Location: z.string() }) },
    ...errorResponses(400, 401, 403, 404, 409, 415, 422),
  },
});

const getProjectMember = createRoute({
  method: 'get',
  path: `${path}/{mid}`,
  operationId: 'getProjectMember',
  tags,
  request: { params: memberParam, headers: resourceNameHeader },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: projectMemberEntitySchema } } },
    ...errorResponses(401, 403, 404, 422),
  },
});

const updateProjectMember = createRoute({
  method: 'put',
  path: `${path}/{mid}`,
  operationId: 'updateProjectMember',
  tags,
  middleware: jsonBody,
  request: {
    params: memberParam,
    headers: resourceNameHeader,
    body: { required: true, content: { 'application/json': { schema: roleRequestSchema } } },
  },
  responses: { 200: { description: 'the role is another' }, ...errorResponses(400, 401, 403, 404, 415, 422) },
});

const deleteProjectMember = createRoute({
  method: 'delete',
  path: `${path}/{mid}`,
  operationId: 'deleteProjectMember',
  tags,
  request: { params: memberParam, headers: resourceNameHeader },
  responses: { 200: { description: 'deleted' }, ...errorResponses(401, 403, 404, 422) },
});

export function memberRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listProjectMembers, async (c) => {
    const { access, members } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'member:list');
    const { page, page_size: pageSize, entityname } = c.req.valid('query');
    const apiPage = { page, pageSize };
    const { items, total } = await members.list(project, entityname || undefined, {
      limit: limitOf(apiPage),
      offset: offsetOf(apiPage),
    });
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toMemberDto), 200);
  });

  routes.openapi(createProjectMember, async (c) => {
    const { access, members } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'member:create');
    const request = c.req.valid('json');
    const { id } = await members.create(project, toMemberReference(request), request.role_id ?? 0, c.get('actor'));
    return c.body(null, 201, { Location: `${c.req.path.replace(/\/$/, '')}/${id}` });
  });

  routes.openapi(getProjectMember, async (c) => {
    const { access, members } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'member:read');
    return c.json(toMemberDto(await members.get(project, c.req.valid('param').mid)), 200);
  });

  routes.openapi(updateProjectMember, async (c) => {
    const { access, members } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'member:update');
    const { role_id: role } = c.req.valid('json');
    await members.changeRole(project, c.req.valid('param').mid, role ?? 0, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(deleteProjectMember, async (c) => {
    const { access, members } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'member:delete');
    await members.delete(project, c.req.valid('param').mid, c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}
