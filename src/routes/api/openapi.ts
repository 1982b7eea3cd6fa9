import type { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { ERROR_RESPONSES, withCommonFailures } from '#routes/api/common-failures';
import type { AppEnv } from '#routes/app-env';

/** The base path of the operations; what lies outside it is not in the document. */
const BASE_PATH = '/api/v2.0';

export type OpenApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

/** The OpenAPI 3.1 document of `/api/v2.0`, made of the routes themselves. */
export function describeApi(app: OpenAPIHono<AppEnv>): OpenApiDocument {
  const {
    paths = {},
    components,
    ...head
  } = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Roadstead API',
      version: '2.0',
      description:
        'Wire-compatible with the Harbor 2.x API; operations tagged `default-retention`, `rename`, `storage-comparison`, `trash` or `trust-rule` are Roadstead’s own.',
    },
    servers: [{ url: BASE_PATH }],
    // Everybody may ask; each operation says whom it refuses.
    security: [{ basic: [] }, {}],
  });
  const described = Object.entries(paths)
    .filter(([path]) => path.startsWith(`${BASE_PATH}/`))
    .map(([path, item]) => [path.slice(BASE_PATH.length), item] as const)
    .map(([path, item]) => [path, withCommonFailures(path, item)] as const);
  return {
    ...head,
    tags: tagsOf(described.map(([, item]) => item)),
    paths: Object.fromEntries(described),
    components: {
      ...components,
      responses: ERROR_RESPONSES,
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic', description: 'an account, a robot, or a CLI secret' },
      },
    },
  };
}

/** `GET /api/v2.0/openapi.json`, the same for everybody; the document is made at the first request of an isolate. */
export function serveDocument(app: OpenAPIHono<AppEnv>): MiddlewareHandler<AppEnv> {
  let text: string | undefined;
  return async (c) => {
    text ??= JSON.stringify(describeApi(app));
    return c.body(text, 200, { 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=300' });
  };
}

function tagsOf(items: readonly object[]): { name: string }[] {
  const operations = items.flatMap((item) => Object.values(item) as { readonly tags?: readonly string[] }[]);
  const names = new Set(operations.flatMap(({ tags = [] }) => tags));
  return [...names].sort((a, b) => a.localeCompare(b, 'en')).map((name) => ({ name }));
}
