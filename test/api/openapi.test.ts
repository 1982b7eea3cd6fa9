import { OpenAPIHono } from '@hono/zod-openapi';
import { describe, expect, it } from 'vitest';
import { NEVER_SUCCEEDING } from '#scripts/compat/exemptions';
import { HARBOR_OPERATIONS } from '#scripts/compat/harbor-operations';
import { createApp } from '#src/app';
import { createServer } from '#test/support/server';

/** Operations that Harbor does not have, by their tag. */
const OWN_TAGS: ReadonlySet<string> = new Set([
  'trust-rule',
  'trash',
  'rename',
  'default-retention',
  'storage-comparison',
]);

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly responses: Readonly<Record<string, object>>;
  readonly security?: readonly object[];
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const server = createServer();
const response = await server.request('/api/v2.0/openapi.json');
const document = (await response.clone().json()) as Document;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
);

/** A path with and without its last slash is one. */
function key({ method, path, operationId, tag }: Record<'method' | 'path' | 'operationId' | 'tag', string>) {
  return `${tag}: ${method} ${path.replace(/\/$/, '')} ${operationId}`;
}

describe('GET /api/v2.0/openapi.json', () => {
  it('is open to everybody and may be kept for five minutes', () => {
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
  });

  it('answers though no login is served', async () => {
    const unconfigured = createServer({ ROADSTEAD_ADMIN_PASSWORD: undefined, ROADSTEAD_SECRET_KEY: undefined });
    expect((await unconfigured.request('/api/v2.0/openapi.json')).status).toBe(200);
  });

  it('is OpenAPI 3.1 of the paths below /api/v2.0', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.servers).toEqual([{ url: '/api/v2.0' }]);
    expect(Object.keys(document.paths)).toContain('/projects/{project_name_or_id}');
  });

  it('says which tags are not of Harbor', () => {
    for (const tag of OWN_TAGS) expect(document.info.description).toContain(`\`${tag}\``);
  });

  it('tells of every route there is', () => {
    const routes = createApp()
      .routes.filter(({ path, method }) => path.startsWith('/api/v2.0/') && method !== 'ALL')
      .map(({ path, method }) => `${method} ${path.slice('/api/v2.0'.length).replaceAll(/:([^/]+)/g, '{$1}')}`)
      .filter((route) => route !== 'GET /openapi.json');
    const described = new Set(operations.map(({ method, path }) => `${method} ${path}`));
    expect([...new Set(routes)].filter((route) => !described.has(route))).toEqual([]);
  });

  it('names each operation as Harbor does, at Harbor’s path and under Harbor’s tag', () => {
    const known = new Set(HARBOR_OPERATIONS.map(key));
    const strange = operations
      .filter(({ tags }) => !tags.some((tag) => OWN_TAGS.has(tag)))
      .map((operation) => key({ ...operation, tag: operation.tags[0] ?? '' }))
      .filter((text) => !known.has(text));
    expect(strange).toEqual([]);
  });

  it('names no operation twice', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('says of each operation how it succeeds and how it fails', () => {
    const incomplete = operations.filter(({ operationId, responses }) => {
      const statuses = Object.keys(responses);
      const canSucceed = statuses.some((status) => status.startsWith('2')) || operationId in NEVER_SUCCEEDING;
      return !canSucceed || !statuses.includes('500');
    });
    expect(incomplete.map(({ operationId }) => operationId)).toEqual([]);
  });

  it('says of each operation that knows its caller that wrong credentials are refused', () => {
    const silent = operations.filter(({ responses, security }) => security === undefined && !('401' in responses));
    expect(silent.map(({ operationId }) => operationId)).toEqual([]);
  });

  it('has no two components of one name', () => {
    const shapes = new Map<string, string>();
    const contradictions: string[] = [];
    for (const definition of createApp().openAPIRegistry.definitions) {
      if (definition.type !== 'route') continue;
      // Of one operation alone, as in one document the last component of a name would hide the others.
      const alone = new OpenAPIHono();
      alone.openAPIRegistry.registerPath(definition.route);
      const { components } = alone.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } });
      for (const [name, schema] of Object.entries(components?.schemas ?? {})) {
        const shape = JSON.stringify(schema);
        if ((shapes.get(name) ?? shape) !== shape) contradictions.push(`${name} of ${definition.route.operationId}`);
        shapes.set(name, shape);
      }
    }
    expect(contradictions).toEqual([]);
  });

  it('has no component that is nullable itself: that says `orNull` where it is used', () => {
    const nullable = Object.entries(document.components.schemas).filter(([, schema]) =>
      /^\{"type":\[[^\]]*"null"/.test(JSON.stringify(schema)),
    );
    expect(nullable.map(([name]) => name)).toEqual([]);
  });

  it('refers to nothing that it does not hold', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"#\/components\/([^"]+)"/g)].map(([, path = '']) => path);
    const dangling = [...new Set(references)].filter(
      (path) =>
        path.split('/').reduce<unknown>((node, name) => (node as never)?.[name], document.components) === undefined,
    );
    expect(dangling).toEqual([]);
  });

  it('names the objects that bodies hold', () => {
    const unnamed = operations.flatMap(({ operationId, ...operation }) => {
      const bodies = JSON.stringify(operation).matchAll(
        /"schema":\{(?:"type":"array","items":\{)?"type":"object","properties"/g,
      );
      return [...bodies].map(() => operationId);
    });
    expect(unnamed).toEqual([]);
  });
});
