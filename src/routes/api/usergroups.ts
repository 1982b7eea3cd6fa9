import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { limitOf, offsetOf } from '#core/api-query';
import { AppError } from '#core/errors';
import { setListHeaders } from '#routes/api/paging';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import {
  toGroupDescription,
  toUserGroupDto,
  toUserGroupSearchItem,
  userGroupReqSchema,
  userGroupSchema,
  userGroupSearchItemSchema,
} from '#routes/api/schemas/user-group';
import type { AppEnv } from '#routes/app-env';

const tags = ['usergroup'];
const groupParam = z.object({ group_id: idSchema });
const body = { required: true, content: { 'application/json': { schema: userGroupReqSchema } } };

const listUserGroups = createRoute({
  method: 'get',
  path: '/usergroups',
  operationId: 'listUserGroups',
  tags,
  request: {
    query: pageQuerySchema.extend({ ldap_group_dn: z.string().optional(), group_name: z.string().optional() }),
  },
  responses: {
    200: listResponse(userGroupSchema),
    ...errorResponses(401, 403, 422),
  },
});

const createUserGroup = createRoute({
  method: 'post',
  path: '/usergroups',
  operationId: 'createUserGroup',
  tags,
  middleware: jsonBody,
  request: { body },
  responses: {
    201: { description: 'created', headers: z.object({ Location: z.string() }) },
    ...errorResponses(400, 401, 403, 409, 415, 422),
  },
});

const searchUserGroups = createRoute({
  method: 'get',
  path: '/usergroups/search',
  operationId: 'searchUserGroups',
  tags,
  request: { query: pageQuerySchema.extend({ groupname: z.string() }) },
  responses: {
    200: listResponse(userGroupSearchItemSchema),
    ...errorResponses(400, 401, 422),
  },
});

const getUserGroup = createRoute({
  method: 'get',
  path: '/usergroups/{group_id}',
  operationId: 'getUserGroup',
  tags,
  request: { params: groupParam },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: userGroupSchema } } },
    ...errorResponses(401, 403, 404, 422),
  },
});

const updateUserGroup = createRoute({
  method: 'put',
  path: '/usergroups/{group_id}',
  operationId: 'updateUserGroup',
  tags,
  middleware: jsonBody,
  request: { params: groupParam, body },
  responses: { 200: { description: 'renamed' }, ...errorResponses(400, 401, 403, 404, 409, 415, 422) },
});

const deleteUserGroup = createRoute({
  method: 'delete',
  path: '/usergroups/{group_id}',
  operationId: 'deleteUserGroup',
  tags,
  request: { params: groupParam },
  responses: { 200: { description: 'deleted' }, ...errorResponses(401, 403, 404, 422) },
});

export function userGroupRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listUserGroups, async (c) => {
    const { access, groups } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'user-group:list');
    const { page, page_size: pageSize, group_name: name, ldap_group_dn: dn } = c.req.valid('query');
    const apiPage = { page, pageSize };
    const { items, total } = await groups.list(
      { nameContains: name || undefined, ldapDn: dn || undefined },
      { limit: limitOf(apiPage), offset: offsetOf(apiPage) },
    );
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toUserGroupDto), 200);
  });

  routes.openapi(createUserGroup, async (c) => {
    const { access, groups } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'user-group:create');
    const { id } = await groups.create(toGroupDescription(c.req.valid('json')), c.get('actor'));
    return c.body(null, 201, { Location: `${c.req.path.replace(/\/$/, '')}/${id}` });
  });

  // Before the operations on one group: `search` is no id.
  routes.openapi(searchUserGroups, async (c) => {
    const { access, groups } = c.get('services');
    access.requireAuthenticated(c.get('principal'));
    const { page, page_size: pageSize, groupname } = c.req.valid('query');
    if (groupname === '') {
      throw new AppError('BAD_REQUEST', { message: 'need to provide groupname to search user group' });
    }
    const apiPage = { page, pageSize };
    const { items, total } = await groups.search(groupname, { limit: limitOf(apiPage), offset: offsetOf(apiPage) });
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toUserGroupSearchItem), 200);
  });

  routes.openapi(getUserGroup, async (c) => {
    const { access, groups } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'user-group:read');
    return c.json(toUserGroupDto(await groups.get(c.req.valid('param').group_id)), 200);
  });

  routes.openapi(updateUserGroup, async (c) => {
    const { access, groups } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'user-group:update');
    const { name } = toGroupDescription(c.req.valid('json'));
    await groups.rename(c.req.valid('param').group_id, name, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(deleteUserGroup, async (c) => {
    const { access, groups } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'user-group:delete');
    await groups.delete(c.req.valid('param').group_id, c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}
