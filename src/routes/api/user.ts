import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError } from '#core/errors';
import { isSystemAdmin } from '#domain/access/principal';
import type { User } from '#domain/users/user';
import { createApiRouter } from '#routes/api/router';
import { toUserDto } from '#routes/api/schemas/user';
import * as operations from '#routes/api/user-operations';
import type { AppEnv } from '#routes/app-env';
import { clientAddress } from '#routes/middleware/client-address';

/** One account, by its id. The paths of `/users/current` and `/users/search` must be mounted before. */
export function oneUserRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(operations.getUser, async (c) => {
    const { access, users } = c.get('services');
    const { user_id: id } = c.req.valid('param');
    access.authorizeSelfOrSystem(c.get('principal'), id, 'user:read');
    return c.json(toUserDto(await users.get(id)), 200);
  });

  routes.openapi(operations.updateUserProfile, async (c) => {
    const { access, users } = c.get('services');
    const { user_id: id } = c.req.valid('param');
    access.authorizeSelfOrSystem(c.get('principal'), id, 'user:update');
    const user = await users.getLocal(id);
    access.requireRankFor(c.get('principal'), user);
    await users.updateProfile(user, c.req.valid('json'), c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(operations.updateUserPassword, async (c) => {
    const { access, users } = c.get('services');
    const { user_id: id } = c.req.valid('param');
    const { old_password: old, new_password: password } = c.req.valid('json');
    access.authorizeSelfOrSystem(c.get('principal'), id, 'user:update');
    const user = await users.getLocal(id);
    access.requireRankFor(c.get('principal'), user);
    const isOwn = access.isSelf(c.get('principal'), id);
    if (isOwn) await requirePassword(c, user, old);
    await users.changePassword(user, password, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(operations.setUserSysAdmin, async (c) => {
    const { access, users } = c.get('services');
    const { user_id: id } = c.req.valid('param');
    access.authorizeSystem(c.get('principal'), 'user:update');
    // A robot that may change accounts must not make one that may do more than itself.
    if (!isSystemAdmin(c.get('principal'))) access.requireUser(c.get('principal'));
    const isOwn = access.isSelf(c.get('principal'), id);
    const { sysadmin_flag: isAdministrator } = c.req.valid('json');
    if (isOwn && !isAdministrator) throw new AppError('FORBIDDEN', { message: 'nobody takes their own rights away' });
    await users.setAdministrator(await users.get(id), isAdministrator, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(operations.deleteUser, async (c) => {
    const { access, users } = c.get('services');
    const { user_id: id } = c.req.valid('param');
    access.authorizeSystem(c.get('principal'), 'user:delete');
    if (access.isSelf(c.get('principal'), id))
      throw new AppError('FORBIDDEN', { message: 'nobody deletes themselves' });
    const user = await users.get(id);
    access.requireRankFor(c.get('principal'), user);
    await users.delete(user, c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}

/**
 * FORBIDDEN when that is not the password of the account as it stands. A guess counts like one at a login, and a login that
 * is remembered from before the password changed proves nothing.
 */
async function requirePassword(c: Context<AppEnv>, user: User, password: string): Promise<void> {
  const known = await c.get('services').logins.login(user.username, password, clientAddress(c));
  const isOwner = known?.kind === 'user' && known.userId === user.id;
  if (isOwner && known.securityVersion === user.securityVersion) return;
  throw new AppError('FORBIDDEN', { message: 'the current password is incorrect' });
}
