import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { setListHeaders } from '#routes/api/paging';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { readOlderFilter, readScannerQuery } from '#routes/api/scanner-query';
import { errorResponses, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import {
  isDefaultSchema,
  scannerMetadataSchema,
  scannerReqSchema,
  scannerSchema,
  scannerTrialSchema,
  toBareScannerDto,
  toScannerDto,
  toScannerMetadataDto,
  toScannerRequest,
  toScannerTrial,
} from '#routes/api/schemas/scanner';
import type { AppEnv } from '#routes/app-env';

const tags = ['scanner'];
const path = '/scanners/{registration_id}';
const params = z.object({ registration_id: z.string() });
const oneScanner = { description: 'ok', content: { 'application/json': { schema: scannerSchema } } };
const scannerBody = { required: true, content: { 'application/json': { schema: scannerReqSchema } } };

const listScanners = createRoute({
  method: 'get',
  path: '/scanners',
  operationId: 'listScanners',
  tags,
  request: {
    query: pageQuerySchema.extend({
      name: z.string().optional(),
      description: z.string().optional(),
      url: z.string().optional(),
      ex_name: z.string().optional(),
      ex_url: z.string().optional(),
    }),
  },
  responses: {
    200: listResponse(scannerSchema),
    ...errorResponses(400, 401, 403, 422),
  },
});

const createScanner = createRoute({
  method: 'post',
  path: '/scanners',
  operationId: 'createScanner',
  tags,
  middleware: jsonBody,
  request: { body: scannerBody },
  responses: {
    201: { description: 'created', headers: z.object({ Location: z.string() }) },
    ...errorResponses(400, 401, 403, 409, 415, 422),
  },
});

const pingScanner = createRoute({
  method: 'post',
  path: '/scanners/ping',
  operationId: 'pingScanner',
  tags,
  middleware: jsonBody,
  request: { body: { required: true, content: { 'application/json': { schema: scannerTrialSchema } } } },
  responses: { 200: { description: 'its adapter can be used' }, ...errorResponses(400, 401, 403, 415, 422) },
});

const getScanner = createRoute({
  method: 'get',
  path,
  operationId: 'getScanner',
  tags,
  request: { params },
  responses: { 200: oneScanner, ...errorResponses(401, 403, 404) },
});

const updateScanner = createRoute({
  method: 'put',
  path,
  operationId: 'updateScanner',
  tags,
  middleware: jsonBody,
  request: { params, body: scannerBody },
  responses: { 200: { description: 'replaced' }, ...errorResponses(400, 401, 403, 404, 409, 415, 422) },
});

const deleteScanner = createRoute({
  method: 'delete',
  path,
  operationId: 'deleteScanner',
  tags,
  request: { params },
  responses: { 200: { ...oneScanner, description: 'deleted' }, ...errorResponses(401, 403, 404) },
});

const setScannerAsDefault = createRoute({
  method: 'patch',
  path,
  operationId: 'setScannerAsDefault',
  tags,
  middleware: jsonBody,
  request: { params, body: { required: true, content: { 'application/json': { schema: isDefaultSchema } } } },
  responses: { 200: { description: 'it is the default' }, ...errorResponses(400, 401, 403, 404, 415, 422) },
});

const getScannerMetadata = createRoute({
  method: 'get',
  path: `${path}/metadata`,
  operationId: 'getScannerMetadata',
  tags,
  request: { params },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: scannerMetadataSchema } } },
    ...errorResponses(401, 403, 404, 503),
  },
});

/** Registrations of scanner adapters. */
export function scannerRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listScanners, async (c) => {
    const { access, scanners } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'scanner:list');
    const query = c.req.valid('query');
    const { filter, page } = readScannerQuery(query);
    const { items, total } = await scanners.list({ ...filter, ...readOlderFilter(query) }, page);
    setListHeaders(c, { page: query.page, pageSize: query.page_size }, total);
    return c.json(items.map(toScannerDto), 200);
  });

  routes.openapi(createScanner, async (c) => {
    const { access, scanners } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'scanner:create');
    const uuid = await scanners.create(toScannerRequest(c.req.valid('json')), c.get('actor'));
    return c.body(null, 201, { Location: `${c.req.path.replace(/\/$/, '')}/${uuid}` });
  });

  // Before the operations on one scanner: `ping` is no uuid.
  routes.openapi(pingScanner, async (c) => {
    const { access, scanners } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'scanner:read');
    await scanners.ping(toScannerTrial(c.req.valid('json')));
    return c.body(null, 200);
  });

  routes.openapi(getScanner, async (c) => {
    const { access, scanners } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'scanner:read');
    return c.json(toScannerDto(await scanners.get(c.req.valid('param').registration_id)), 200);
  });

  routes.openapi(updateScanner, async (c) => {
    const { access, scanners } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'scanner:update');
    const { registration_id: uuid } = c.req.valid('param');
    await scanners.update(uuid, toScannerRequest(c.req.valid('json')), c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(deleteScanner, async (c) => {
    const { access, scanners } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'scanner:delete');
    const deleted = await scanners.delete(c.req.valid('param').registration_id, c.get('actor'));
    return c.json(toBareScannerDto(deleted), 200);
  });

  routes.openapi(setScannerAsDefault, async (c) => {
    const { access, scanners } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'scanner:update');
    // To take it back, another is made the default.
    if (c.req.valid('json').is_default) {
      await scanners.makeDefault(c.req.valid('param').registration_id, c.get('actor'));
    }
    return c.body(null, 200);
  });

  routes.openapi(getScannerMetadata, async (c) => {
    const { access, scanners } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'scanner:read');
    return c.json(toScannerMetadataDto(await scanners.describe(c.req.valid('param').registration_id)), 200);
  });

  return routes;
}
