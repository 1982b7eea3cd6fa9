import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { parseSort, toOffsetPage } from '#core/api-query';
import { AppError } from '#core/errors';
import { parseListingFilter } from '#core/listing-filter';
import { RULE_KEYS, RULE_ORDERS } from '#domain/immutability/immutable-rule-store';
import { setListHeaders } from '#routes/api/paging';
import { projectParam, resourceNameHeader, toNameOrId } from '#routes/api/project-param';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import {
  immutableRuleReqSchema,
  immutableRuleSchema,
  toImmutableRuleDto,
  toWireRule,
} from '#routes/api/schemas/immutable-rule';
import type { AppEnv } from '#routes/app-env';

const path = '/projects/{project_name_or_id}/immutabletagrules';
const tags = ['immutable'];
const ruleParam = projectParam.extend({ immutable_rule_id: idSchema });
const headers = resourceNameHeader;
const body = { required: true, content: { 'application/json': { schema: immutableRuleReqSchema } } };

const listImmuRules = createRoute({
  method: 'get',
  path,
  operationId: 'ListImmuRules',
  tags,
  request: { params: projectParam, headers, query: pageQuerySchema },
  responses: {
    200: listResponse(immutableRuleSchema),
    ...errorResponses(400, 401, 403, 404, 422),
  },
});

const createImmuRule = createRoute({
  method: 'post',
  path,
  operationId: 'CreateImmuRule',
  tags,
  middleware: jsonBody,
  request: { params: projectParam, headers, body },
  responses: {
    201: { description: 'created', headers: z.object({ Location: z.string() }) },
    ...errorResponses(400, 401, 403, 404, 409, 412, 415, 422),
  },
});

const updateImmuRule = createRoute({
  method: 'put',
  path: `${path}/{immutable_rule_id}`,
  operationId: 'UpdateImmuRule',
  tags,
  middleware: jsonBody,
  request: { params: ruleParam, headers, body },
  responses: { 200: { description: 'updated' }, ...errorResponses(400, 401, 403, 404, 409, 415, 422) },
});

const deleteImmuRule = createRoute({
  method: 'delete',
  path: `${path}/{immutable_rule_id}`,
  operationId: 'DeleteImmuRule',
  tags,
  request: { params: ruleParam, headers },
  responses: { 200: { description: 'deleted' }, ...errorResponses(401, 403, 404, 422) },
});

/** Which tags of a project can neither be moved nor deleted. */
export function immutableRuleRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listImmuRules, async (c) => {
    const { access, immutableRules } = c.get('services');
    const { page, page_size: pageSize, q, sort } = c.req.valid('query');
    const filter = parseListingFilter(q, RULE_KEYS);
    const { key: orderBy, isDescending } = parseSort(sort, RULE_ORDERS, { key: 'id', isDescending: false });
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'immutable-tag:list');
    const apiPage = { page, pageSize };
    const window = { ...toOffsetPage(apiPage), orderBy, isDescending };
    const { items, total } = await immutableRules.list(project, filter, window);
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toImmutableRuleDto), 200);
  });

  routes.openapi(createImmuRule, async (c) => {
    const { access, immutableRules } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'immutable-tag:create');
    const id = await immutableRules.create(project, toWireRule(c.req.valid('json')), c.get('actor'));
    return c.body(null, 201, { Location: `${c.req.path.replace(/\/$/, '')}/${id}` });
  });

  routes.openapi(updateImmuRule, async (c) => {
    const { access, immutableRules } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'immutable-tag:update');
    const rule = c.req.valid('json');
    const { immutable_rule_id: id } = c.req.valid('param');
    if (rule.id !== id) throw otherId();
    await immutableRules.update(project, id, toWireRule(rule), c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(deleteImmuRule, async (c) => {
    const { access, immutableRules } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'immutable-tag:delete');
    await immutableRules.delete(project, c.req.valid('param').immutable_rule_id, c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}

function otherId(): AppError {
  const message = "the immutable_rule_id doesn't match the id in the payload body of ImmutableRule";
  return new AppError('BAD_REQUEST', { message });
}
