import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { parseSort, toOffsetPage } from '#core/api-query';
import { parseListingFilter } from '#core/listing-filter';
import type { Asking } from '#domain/webhooks/webhook-policy-service';
import { WEBHOOK_POLICY_KEYS, WEBHOOK_POLICY_ORDERS } from '#domain/webhooks/webhook-policy-store';
import { setListHeaders } from '#routes/api/paging';
import { projectParam, resourceNameHeader, toNameOrId } from '#routes/api/project-param';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import {
  lastTriggerSchema,
  supportedTypesSchema,
  toLastTriggerDto,
  toSupportedTypesDto,
  toWebhookPolicyDto,
  toWebhookPolicyRequest,
  webhookPolicyReqSchema,
  webhookPolicySchema,
} from '#routes/api/schemas/webhook';
import type { AppEnv } from '#routes/app-env';
import { publicUrl } from '#routes/middleware/public-url';

const path = '/projects/{project_name_or_id}/webhook';
const tags = ['webhook'];
const headers = resourceNameHeader;
const target = { params: projectParam, headers };
const policyTarget = { params: projectParam.extend({ webhook_policy_id: idSchema }), headers };
const body = { required: true, content: { 'application/json': { schema: webhookPolicyReqSchema } } };

const listPolicies = createRoute({
  method: 'get',
  path: `${path}/policies`,
  operationId: 'ListWebhookPoliciesOfProject',
  tags,
  request: { ...target, query: pageQuerySchema },
  responses: { 200: listResponse(webhookPolicySchema), ...errorResponses(400, 401, 403, 404, 422) },
});

const createPolicy = createRoute({
  method: 'post',
  path: `${path}/policies`,
  operationId: 'CreateWebhookPolicyOfProject',
  tags,
  middleware: jsonBody,
  request: { ...target, body },
  responses: {
    201: { description: 'created', headers: z.object({ Location: z.string() }) },
    ...errorResponses(400, 401, 403, 404, 409, 412, 415, 422),
  },
});

const getPolicy = createRoute({
  method: 'get',
  path: `${path}/policies/{webhook_policy_id}`,
  operationId: 'GetWebhookPolicyOfProject',
  tags,
  request: policyTarget,
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: webhookPolicySchema } } },
    ...errorResponses(401, 403, 404, 422),
  },
});

const updatePolicy = createRoute({
  method: 'put',
  path: `${path}/policies/{webhook_policy_id}`,
  operationId: 'UpdateWebhookPolicyOfProject',
  tags,
  middleware: jsonBody,
  request: { ...policyTarget, body },
  responses: { 200: { description: 'replaced' }, ...errorResponses(400, 401, 403, 404, 409, 415, 422) },
});

const deletePolicy = createRoute({
  method: 'delete',
  path: `${path}/policies/{webhook_policy_id}`,
  operationId: 'DeleteWebhookPolicyOfProject',
  tags,
  request: policyTarget,
  responses: { 200: { description: 'deleted, with its deliveries' }, ...errorResponses(401, 403, 404, 422) },
});

const lastTrigger = createRoute({
  method: 'get',
  path: `${path}/lasttrigger`,
  operationId: 'LastTrigger',
  tags,
  deprecated: true,
  request: target,
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: z.array(lastTriggerSchema) } } },
    ...errorResponses(401, 403, 404),
  },
});

const getSupportedEventTypes = createRoute({
  method: 'get',
  path: `${path}/events`,
  operationId: 'GetSupportedEventTypes',
  tags,
  request: target,
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: supportedTypesSchema } } },
    ...errorResponses(401, 403, 404),
  },
});

/** Whom a project tells of what happens in it. */
export function webhookPolicyRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listPolicies, async (c) => {
    const { access, webhookPolicies } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'notification-policy:list');
    const { page, page_size: pageSize, q, sort } = c.req.valid('query');
    const filter = parseListingFilter(q, WEBHOOK_POLICY_KEYS);
    const newestFirst = { key: 'creation_time', isDescending: true } as const;
    const { key: orderBy, isDescending } = parseSort(sort, WEBHOOK_POLICY_ORDERS, newestFirst);
    const apiPage = { page, pageSize };
    const window = { ...toOffsetPage(apiPage), orderBy, isDescending };
    const { items, total } = await webhookPolicies.list(project.id, filter, window);
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toWebhookPolicyDto), 200);
  });

  routes.openapi(createPolicy, async (c) => {
    const { access, webhookPolicies } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'notification-policy:create');
    const id = await webhookPolicies.create(project, toWebhookPolicyRequest(c.req.valid('json')), askingOf(c));
    return c.body(null, 201, { Location: `${c.req.path.replace(/\/$/, '')}/${id}` });
  });

  routes.openapi(getPolicy, async (c) => {
    const { access, webhookPolicies } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'notification-policy:read');
    const policy = await webhookPolicies.get(project, c.req.valid('param').webhook_policy_id);
    return c.json(toWebhookPolicyDto(policy), 200);
  });

  routes.openapi(updatePolicy, async (c) => {
    const { access, webhookPolicies } = c.get('services');
    const params = c.req.valid('param');
    const nameOrId = toNameOrId(params, c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'notification-policy:update');
    const request = toWebhookPolicyRequest(c.req.valid('json'));
    await webhookPolicies.update(project, params.webhook_policy_id, request, askingOf(c));
    return c.body(null, 200);
  });

  routes.openapi(deletePolicy, async (c) => {
    const { access, webhookPolicies } = c.get('services');
    const params = c.req.valid('param');
    const nameOrId = toNameOrId(params, c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'notification-policy:delete');
    await webhookPolicies.delete(project, params.webhook_policy_id, askingOf(c));
    return c.body(null, 200);
  });

  routes.openapi(lastTrigger, async (c) => {
    const { access, webhookPolicies } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'notification-policy:read');
    return c.json((await webhookPolicies.lastTriggers(project)).map(toLastTriggerDto), 200);
  });

  routes.openapi(getSupportedEventTypes, async (c) => {
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    await c.get('services').access.authorizeProject(c.get('principal'), nameOrId, 'notification-policy:read');
    return c.json(toSupportedTypesDto(), 200);
  });

  return routes;
}

function askingOf(c: Context<AppEnv>): Asking {
  return { actor: c.get('actor'), publicUrl: publicUrl(c), requestUrl: new URL(c.req.url).origin };
}
