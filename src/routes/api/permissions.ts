import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { grantablePermissions } from '#core/rbac/robot-permissions';
import { createApiRouter } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import type { AppEnv } from '#routes/app-env';

const permissionSchema = z.object({ resource: z.string(), action: z.string() }).openapi('Permission');

const getPermissions = createRoute({
  method: 'get',
  path: '/permissions',
  operationId: 'getPermissions',
  tags: ['permissions'],
  responses: {
    200: {
      description: 'what a robot may be given; that of the system is shown to its administrators only',
      content: {
        'application/json': {
          schema: z
            .object({ system: z.array(permissionSchema).optional(), project: z.array(permissionSchema) })
            .openapi('Permissions'),
        },
      },
    },
    ...errorResponses(401, 403),
  },
});

export function permissionRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(getPermissions, async (c) => {
    const of = await c.get('services').access.authorizeAdministrator(c.get('principal'));
    const project = [...grantablePermissions('project')];
    return c.json(of === 'system' ? { system: [...grantablePermissions('system')], project } : { project }, 200);
  });

  return routes;
}
