import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '#core/errors';
import type { Principal } from '#domain/access/principal';
import type { Project } from '#domain/projects/project';
import { readProjectRequest } from '#domain/projects/project-request';
import { projectParam, resourceNameHeader, toNameOrId } from '#routes/api/project-param';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import {
  projectDeletableSchema,
  projectReqSchema,
  projectSchema,
  projectSummarySchema,
  toProjectDto,
  toProjectRequest,
  toProjectSummaryDto,
} from '#routes/api/schemas/project';
import type { AppEnv } from '#routes/app-env';

const path = '/projects/{project_name_or_id}';
const tags = ['project'];
const target = { params: projectParam, headers: resourceNameHeader };

const getProject = createRoute({
  method: 'get',
  path,
  operationId: 'getProject',
  tags,
  request: target,
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: projectSchema } } },
    ...errorResponses(401, 403, 404),
  },
});

const updateProject = createRoute({
  method: 'put',
  path,
  operationId: 'updateProject',
  tags,
  middleware: jsonBody,
  request: { ...target, body: { required: true, content: { 'application/json': { schema: projectReqSchema } } } },
  responses: { 200: { description: 'updated' }, ...errorResponses(400, 401, 403, 404, 415, 422) },
});

const deleteProject = createRoute({
  method: 'delete',
  path,
  operationId: 'deleteProject',
  tags,
  request: target,
  responses: { 200: { description: 'deleted' }, ...errorResponses(401, 403, 404, 412) },
});

const getProjectDeletable = createRoute({
  method: 'get',
  path: `${path}/_deletable`,
  operationId: 'getProjectDeletable',
  tags,
  request: target,
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: projectDeletableSchema } } },
    ...errorResponses(401, 403, 404),
  },
});

const getProjectSummary = createRoute({
  method: 'get',
  path: `${path}/summary`,
  operationId: 'getProjectSummary',
  tags,
  request: target,
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: projectSummarySchema } } },
    ...errorResponses(401, 403, 404),
  },
});

/** What is about one project. */
export function oneProjectRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(getProject, async (c) => {
    const { access, projects } = c.get('services');
    const principal = c.get('principal');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(principal, nameOrId, 'project:read');
    return c.json(toProjectDto(await projects.summarize(project, callerIdOf(principal))), 200);
  });

  routes.openapi(updateProject, async (c) => {
    const { access, projects } = c.get('services');
    const request = c.req.valid('json');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'project:update');
    requireOwnAllowlist(project, request.cve_allowlist?.project_id ?? 0);
    const { metadata, allowlist } = toProjectRequest(request);
    const change = readProjectRequest({ metadata, allowlist });
    if (metadata['retention_id']) await projects.requireRetention(project, metadata['retention_id']);
    await projects.update(project, change, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(deleteProject, async (c) => {
    const { access, projects } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'project:delete');
    await projects.delete(project, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(getProjectDeletable, async (c) => {
    const { access, projects } = c.get('services');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'project:delete');
    const { repositoryCount } = await projects.summarize(project);
    if (repositoryCount === 0) return c.json({ deletable: true as const }, 200);
    return c.json({ message: 'the project contains repositories, can not be deleted' }, 200);
  });

  routes.openapi(getProjectSummary, async (c) => {
    const { access, configuration, permissions, projects } = c.get('services');
    const principal = c.get('principal');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(principal, nameOrId, 'project:read');
    const { quota_per_project_enable: areQuotasOn } = await configuration.current();
    const isQuotaVisible = areQuotasOn && (await permissions.hasInProject(principal, project, 'quota:read'));
    const areMembersVisible = await permissions.hasInProject(principal, project, 'member:list');
    return c.json(toProjectSummaryDto(await projects.figures(project), { isQuotaVisible, areMembersVisible }), 200);
  });

  return routes;
}

/** BAD_REQUEST for an allowlist that says it is another project's. */
function requireOwnAllowlist(project: Project, projectId: number): void {
  if (projectId === 0 || projectId === project.id) return;
  throw new AppError('BAD_REQUEST', {
    message: `project_id in cve_allowlist must be ${project.id} but it's ${projectId}`,
  });
}

function callerIdOf(principal: Principal): number | undefined {
  return principal.kind === 'user' ? principal.userId : undefined;
}
