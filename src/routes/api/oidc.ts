import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema } from '#routes/api/schemas/common';
import type { AppEnv } from '#routes/app-env';

const pingOidc = createRoute({
  method: 'post',
  path: '/system/oidc/ping',
  operationId: 'pingOIDC',
  tags: ['oidc'],
  middleware: jsonBody,
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z
            .object({ url: z.string().max(2_048), verify_cert: z.boolean().default(true) })
            .openapi('OIDCPingReq'),
        },
      },
    },
  },
  responses: { 200: { description: 'a provider answers there' }, ...errorResponses(400, 401, 403, 422) },
});

const setCliSecret = createRoute({
  method: 'put',
  path: '/users/{user_id}/cli_secret',
  operationId: 'setCliSecret',
  tags: ['user'],
  middleware: jsonBody,
  request: {
    params: z.object({
      user_id: idSchema,
    }),
    body: {
      required: true,
      content: {
        'application/json': { schema: z.object({ secret: z.string().max(1_024) }).openapi('OIDCCliSecretReq') },
      },
    },
  },
  responses: { 200: { description: 'stored' }, ...errorResponses(400, 401, 403, 404, 412, 422) },
});

/** What `/api/v2.0` knows of logins at an OpenID Connect provider. */
export function oidcApiRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(pingOidc, async (c) => {
    const { access, oidc } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'configuration:update');
    const { url, verify_cert: verifyCertificate } = c.req.valid('json');
    await oidc.ping(url, verifyCertificate);
    return c.body(null, 200);
  });

  routes.openapi(setCliSecret, async (c) => {
    const { access, oidc, oidcAccounts, users } = c.get('services');
    const { user_id: userId } = c.req.valid('param');
    access.authorizeSelfOrSystem(c.get('principal'), userId, 'user:update');
    await oidc.requireMode();
    const user = await users.get(userId);
    access.requireRankFor(c.get('principal'), user);
    await oidcAccounts.changeSecret(user, c.req.valid('json').secret, c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}
