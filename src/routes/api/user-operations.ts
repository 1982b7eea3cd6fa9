import { createRoute, z } from '@hono/zod-openapi';
import { type Filter, valueMatching } from '#core/api-query';
import type { Permission } from '#core/rbac/resources';
import type { Project } from '#domain/projects/project';
import type { UserFilter } from '#domain/users/user-store';
import { jsonBody } from '#routes/api/router';
import { errorResponses, flagSchema, idSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import {
  administratorFlagSchema,
  passwordSchema,
  permissionSchema,
  userCreationSchema,
  userProfileSchema,
  userSchema,
  userSearchItemSchema,
} from '#routes/api/schemas/user';

const userParam = z.object({
  user_id: idSchema,
});
const json = <T extends z.ZodType>(schema: T) => ({ required: true, content: { 'application/json': { schema } } });

export const listUsers = createRoute({
  method: 'get',
  path: '/users',
  operationId: 'listUsers',
  tags: ['user'],
  request: { query: pageQuerySchema.extend({ username: z.string().optional(), email: z.string().optional() }) },
  responses: {
    200: listResponse(userSchema),
    ...errorResponses(400, 401, 403, 422),
  },
});

export const createUser = createRoute({
  method: 'post',
  path: '/users',
  operationId: 'createUser',
  tags: ['user'],
  middleware: jsonBody,
  request: { body: json(userCreationSchema) },
  responses: {
    201: { description: 'created', headers: z.object({ Location: z.string() }) },
    ...errorResponses(400, 401, 403, 409, 415, 422),
  },
});

export const getCurrentUserInfo = createRoute({
  method: 'get',
  path: '/users/current',
  operationId: 'getCurrentUserInfo',
  tags: ['user'],
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: userSchema } } },
    ...errorResponses(401, 412),
  },
});

export const getCurrentUserPermissions = createRoute({
  method: 'get',
  path: '/users/current/permissions',
  operationId: 'getCurrentUserPermissions',
  tags: ['user'],
  request: { query: z.object({ scope: z.string().max(256).optional(), relative: flagSchema.optional() }) },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: z.array(permissionSchema) } } },
    ...errorResponses(401, 422),
  },
});

export const searchUsers = createRoute({
  method: 'get',
  path: '/users/search',
  operationId: 'searchUsers',
  tags: ['user'],
  request: { query: pageQuerySchema.extend({ username: z.string().min(1).max(255) }) },
  responses: {
    200: listResponse(userSearchItemSchema),
    ...errorResponses(401, 422),
  },
});

export const getUser = createRoute({
  method: 'get',
  path: '/users/{user_id}',
  operationId: 'getUser',
  tags: ['user'],
  request: { params: userParam },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: userSchema } } },
    ...errorResponses(401, 403, 404, 422),
  },
});

export const updateUserProfile = createRoute({
  method: 'put',
  path: '/users/{user_id}',
  operationId: 'updateUserProfile',
  tags: ['user'],
  middleware: jsonBody,
  request: { params: userParam, body: json(userProfileSchema) },
  responses: { 200: { description: 'updated' }, ...errorResponses(400, 401, 403, 404, 409, 415, 422) },
});

export const updateUserPassword = createRoute({
  method: 'put',
  path: '/users/{user_id}/password',
  operationId: 'updateUserPassword',
  tags: ['user'],
  middleware: jsonBody,
  request: { params: userParam, body: json(passwordSchema) },
  responses: { 200: { description: 'updated' }, ...errorResponses(400, 401, 403, 404, 409, 415, 422, 429) },
});

export const setUserSysAdmin = createRoute({
  method: 'put',
  path: '/users/{user_id}/sysadmin',
  operationId: 'setUserSysAdmin',
  tags: ['user'],
  middleware: jsonBody,
  request: { params: userParam, body: json(administratorFlagSchema) },
  responses: { 200: { description: 'updated' }, ...errorResponses(401, 403, 404, 412, 415, 422) },
});

export const deleteUser = createRoute({
  method: 'delete',
  path: '/users/{user_id}',
  operationId: 'deleteUser',
  tags: ['user'],
  request: { params: userParam },
  responses: { 200: { description: 'deleted' }, ...errorResponses(401, 403, 404, 412, 422) },
});

/** What `q=` may ask of accounts. */
export const USER_FILTERS = { username: ['exact', 'fuzzy'], email: ['exact', 'fuzzy'] } as const;

/** Harbor also takes parts of a name and of an address as parameters of their own; where `q` names the key, it counts. */
export function toUserFilter(
  { username, email }: Filter<keyof typeof USER_FILTERS>,
  parts: { readonly username?: string | undefined; readonly email?: string | undefined },
): UserFilter {
  return {
    username: valueMatching(username, 'exact'),
    usernameContains: username ? valueMatching(username, 'fuzzy') : parts.username,
    email: valueMatching(email, 'exact'),
    emailContains: email ? valueMatching(email, 'fuzzy') : parts.email,
  };
}

/** `/project/1` is 1; every other scope is the system. */
export function projectIdOfScope(scope: string | undefined): number | undefined {
  const id = /^\/project\/(\d{1,15})$/.exec(scope ?? '')?.[1];
  return id === undefined ? undefined : Number(id);
}

/** Resources by their full path, or relative to the scope, where the scope itself is `.`. */
export function toPermissionDtos(permissions: readonly Permission[], project: Project | undefined, isRelative = false) {
  const scope = project ? `/project/${project.id}` : '/system';
  return permissions.map((permission) => {
    const [resource = '', action = ''] = permission.split(':');
    const isScope = project !== undefined && resource === 'project';
    if (isRelative) return { resource: isScope ? '.' : resource, action };
    return { resource: isScope ? scope : `${scope}/${resource}`, action };
  });
}
