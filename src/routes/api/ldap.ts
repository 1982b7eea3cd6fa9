import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '#core/errors';
import { createApiRouter, jsonBody, optionalBody } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import {
  ldapConfSchema,
  ldapFailedImportUserSchema,
  ldapGroupSchema,
  ldapImportUsersSchema,
  ldapPingResultSchema,
  ldapUserSchema,
  toFailureDto,
  toLdapGroupDto,
  toLdapTrial,
  toLdapUserDto,
} from '#routes/api/schemas/ldap';
import type { AppEnv } from '#routes/app-env';

const pingLdap = createRoute({
  method: 'post',
  path: '/ldap/ping',
  operationId: 'pingLdap',
  tags: ['Ldap'],
  middleware: [optionalBody, ...jsonBody] as const,
  request: { body: { required: false, content: { 'application/json': { schema: ldapConfSchema } } } },
  responses: {
    200: {
      description: 'whether the directory could be asked',
      content: { 'application/json': { schema: ldapPingResultSchema } },
    },
    ...errorResponses(400, 401, 403, 415, 422),
  },
});

const searchLdapUser = createRoute({
  method: 'get',
  path: '/ldap/users/search',
  operationId: 'searchLdapUser',
  tags: ['Ldap'],
  request: { query: z.object({ username: z.string().optional() }) },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: z.array(ldapUserSchema) } } },
    ...errorResponses(400, 401, 403, 503),
  },
});

const importLdapUser = createRoute({
  method: 'post',
  path: '/ldap/users/import',
  operationId: 'importLdapUser',
  tags: ['Ldap'],
  middleware: jsonBody,
  request: { body: { required: true, content: { 'application/json': { schema: ldapImportUsersSchema } } } },
  responses: {
    200: { description: 'all are imported' },
    ...errorResponses(400, 401, 403, 415, 422, 503),
    404: {
      description: 'those that could not be imported',
      content: { 'application/json': { schema: z.array(ldapFailedImportUserSchema) } },
    },
  },
});

const searchLdapGroup = createRoute({
  method: 'get',
  path: '/ldap/groups/search',
  operationId: 'searchLdapGroup',
  tags: ['Ldap'],
  request: { query: z.object({ groupname: z.string().optional(), groupdn: z.string().optional() }) },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: z.array(ldapGroupSchema) } } },
    ...errorResponses(400, 401, 403, 404, 503),
  },
});

export function ldapRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(pingLdap, async (c) => {
    const { access, ldap } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'configuration:read');
    const problem = await ldap.ping(toLdapTrial(c.req.valid('json')));
    return c.json({ success: problem === undefined, message: problem === undefined ? '' : `error: ${problem}` }, 200);
  });

  routes.openapi(searchLdapUser, async (c) => {
    const { access, ldap } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'ldap-user:list');
    const users = await ldap.searchUsers(c.req.valid('query').username || undefined);
    return c.json(users.map(toLdapUserDto), 200);
  });

  routes.openapi(importLdapUser, async (c) => {
    const { access, ldap } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'ldap-user:create');
    const failures = await ldap.importUsers(c.req.valid('json').ldap_uid_list, c.get('actor'));
    return failures.length === 0 ? c.body(null, 200) : c.json(failures.map(toFailureDto), 404);
  });

  routes.openapi(searchLdapGroup, async (c) => {
    const { access, ldap } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'ldap-user:list');
    const { groupname = '', groupdn = '' } = c.req.valid('query');
    const groups = await ldap.searchGroups({ name: groupname, dn: groupdn });
    if (groups.length === 0) {
      throw new AppError('NOT_FOUND', { message: `group name: ${groupname}, group DN: ${groupdn}` });
    }
    return c.json(groups.map(toLdapGroupDto), 200);
  });

  return routes;
}
