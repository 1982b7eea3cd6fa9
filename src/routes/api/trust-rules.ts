import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { limitOf, offsetOf } from '#core/api-query';
import type { Permission } from '#core/rbac/resources';
import type { Project } from '#domain/projects/project';
import { setListHeaders } from '#routes/api/paging';
import { projectParam, resourceNameHeader, toNameOrId } from '#routes/api/project-param';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, flagSchema, idSchema, listResponse, pageQuerySchema } from '#routes/api/schemas/common';
import { toTrustRuleDraft, toTrustRuleDto, trustRuleReqSchema, trustRuleSchema } from '#routes/api/schemas/trust-rule';
import type { AppEnv } from '#routes/app-env';

const path = '/projects/{project_name_or_id}/trust-rules';
const tags = ['trust-rule'];
const ruleParam = projectParam.extend({ trust_rule_id: idSchema });
const headers = resourceNameHeader;
const ruleJson = { 'application/json': { schema: trustRuleSchema } };
const body = { required: true, content: { 'application/json': { schema: trustRuleReqSchema } } };

const listTrustRules = createRoute({
  method: 'get',
  path,
  operationId: 'listTrustRules',
  tags,
  request: { params: projectParam, headers, query: pageQuerySchema.pick({ page: true, page_size: true }) },
  responses: {
    200: listResponse(trustRuleSchema),
    ...errorResponses(401, 403, 404, 422),
  },
});

const createTrustRule = createRoute({
  method: 'post',
  path,
  operationId: 'createTrustRule',
  tags,
  middleware: jsonBody,
  request: { params: projectParam, headers, body },
  responses: {
    201: { description: 'created', headers: z.object({ Location: z.string() }), content: ruleJson },
    ...errorResponses(400, 401, 403, 404, 409, 412, 415, 422),
  },
});

const getTrustRule = createRoute({
  method: 'get',
  path: `${path}/{trust_rule_id}`,
  operationId: 'getTrustRule',
  tags,
  request: { params: ruleParam, headers },
  responses: { 200: { description: 'ok', content: ruleJson }, ...errorResponses(401, 403, 404, 422) },
});

const updateTrustRule = createRoute({
  method: 'put',
  path: `${path}/{trust_rule_id}`,
  operationId: 'updateTrustRule',
  tags,
  middleware: jsonBody,
  request: { params: ruleParam, headers, body },
  responses: { 200: { description: 'updated' }, ...errorResponses(400, 401, 403, 404, 409, 412, 415, 422) },
});

const deleteTrustRule = createRoute({
  method: 'delete',
  path: `${path}/{trust_rule_id}`,
  operationId: 'deleteTrustRule',
  tags,
  request: { params: ruleParam, headers },
  responses: { 200: { description: 'deleted' }, ...errorResponses(401, 403, 404, 422) },
});

/** A project's trust in outside issuers. Roadstead's own: Harbor has nothing like it. */
export function trustRuleRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listTrustRules, async (c) => {
    const project = await authorize(c, 'robot:list');
    const { page, page_size: pageSize } = c.req.valid('query');
    const apiPage = { page, pageSize };
    const window = { limit: limitOf(apiPage), offset: offsetOf(apiPage) };
    const { items, total } = await c.get('services').trustRules.list(project, window);
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toTrustRuleDto), 200);
  });

  routes.openapi(createTrustRule, async (c) => {
    const project = await authorizePerson(c, 'robot:create');
    const { trustRules } = c.get('services');
    const id = await trustRules.create(project, toTrustRuleDraft(c.req.valid('json'), project.name), c.get('actor'));
    return c.json(toTrustRuleDto(await trustRules.get(project, id)), 201, { Location: `${c.req.path}/${id}` });
  });

  routes.openapi(getTrustRule, async (c) => {
    const project = await authorize(c, 'robot:read');
    const rule = await c.get('services').trustRules.get(project, c.req.valid('param').trust_rule_id);
    return c.json(toTrustRuleDto(rule), 200);
  });

  routes.openapi(updateTrustRule, async (c) => {
    const project = await authorizePerson(c, 'robot:update');
    const draft = toTrustRuleDraft(c.req.valid('json'), project.name);
    await c.get('services').trustRules.update(project, c.req.valid('param').trust_rule_id, draft, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(deleteTrustRule, async (c) => {
    const project = await authorize(c, 'robot:delete');
    await c.get('services').trustRules.delete(project, c.req.valid('param').trust_rule_id, c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}

function authorize(c: Context<AppEnv>, permission: Permission): Promise<Project> {
  const text = c.req.param('project_name_or_id') ?? '';
  const isName = flagSchema.safeParse(c.req.header('x-is-resource-name')).data;
  const nameOrId = toNameOrId({ project_name_or_id: text }, { 'x-is-resource-name': isName });
  return c.get('services').access.authorizeProject(c.get('principal'), nameOrId, permission);
}

/** A rule can give all that a project's administrator may do, so no machine makes one, whatever it may do with robots. */
async function authorizePerson(c: Context<AppEnv>, permission: Permission): Promise<Project> {
  const project = await authorize(c, permission);
  c.get('services').access.requireUser(c.get('principal'));
  return project;
}
