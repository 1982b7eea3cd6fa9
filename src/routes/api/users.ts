import type { OpenAPIHono } from '@hono/zod-openapi';
import { parseFilter, parseSort, toOffsetPage } from '#core/api-query';
import { AppError } from '#core/errors';
import { USER_ORDERS } from '#domain/users/user-store';
import { setListHeaders } from '#routes/api/paging';
import { createApiRouter } from '#routes/api/router';
import { toUserDetailsDto, toUserDto, toUserSearchItem } from '#routes/api/schemas/user';
import * as operations from '#routes/api/user-operations';
import type { AppEnv } from '#routes/app-env';
import { hasCsrfToken } from '#routes/middleware/csrf';

/** Accounts together, and the caller's own. */
export function userRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(operations.listUsers, async (c) => {
    const { access, users } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'user:list');
    const { page, page_size: pageSize, q, sort, ...parts } = c.req.valid('query');
    const { key: orderBy, isDescending } = parseSort(sort, USER_ORDERS, { key: 'username', isDescending: false });
    const apiPage = { page, pageSize };
    const filter = operations.toUserFilter(parseFilter(q, operations.USER_FILTERS), parts);
    const { items, total } = await users.list(filter, { ...toOffsetPage(apiPage), orderBy, isDescending });
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toUserDto), 200);
  });

  routes.openapi(operations.createUser, async (c) => {
    const { access, users, configuration } = c.get('services');
    const { auth_mode: mode, self_registration: isOpen } = await configuration.current();
    // Signing up is for people at a browser, whose page brings the token; everybody else needs the permission.
    const isSignUp = isOpen && c.get('principal').kind === 'anonymous' && hasCsrfToken(c);
    if (!isSignUp) access.authorizeSystem(c.get('principal'), 'user:create');
    if (mode !== 'db_auth') throw new AppError('FORBIDDEN', { message: `creating users is not allowed in ${mode}` });
    const user = await users.create(c.req.valid('json'), c.get('actor'));
    return c.body(null, 201, { Location: `${c.req.path}/${user.id}` });
  });

  routes.openapi(operations.getCurrentUserInfo, async (c) => {
    const { access, oidcAccounts, users } = c.get('services');
    if (c.get('principal').kind === 'robot') throw new AppError('PRECONDITION', { message: 'a robot is no user' });
    const { userId } = access.requireUser(c.get('principal'));
    const meta = await oidcAccounts.metaOf(userId);
    return c.json(toUserDetailsDto(await users.get(userId), meta, { isOwn: true }), 200);
  });

  routes.openapi(operations.getCurrentUserPermissions, async (c) => {
    const { access, permissions, projects } = c.get('services');
    access.requireAuthenticated(c.get('principal'));
    const { scope, relative } = c.req.valid('query');
    const id = operations.projectIdOfScope(scope);
    const project = id === undefined ? undefined : await projects.find(id);
    if (id !== undefined && !project) return c.json([], 200);
    const granted = await permissions.list(c.get('principal'), project);
    return c.json(operations.toPermissionDtos(granted, project, relative), 200);
  });

  routes.openapi(operations.searchUsers, async (c) => {
    const { access, users } = c.get('services');
    access.requireAuthenticated(c.get('principal'));
    const { page, page_size: pageSize, username } = c.req.valid('query');
    const apiPage = { page, pageSize };
    const order = { orderBy: 'username', isDescending: false } as const;
    const { items, total } = await users.list({ usernameContains: username }, { ...toOffsetPage(apiPage), ...order });
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toUserSearchItem), 200);
  });

  return routes;
}
