import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { withinProject } from '#core/reference';
import { requireRepositoryName } from '#domain/repositories/repository-move-service';
import { repositoryParams } from '#routes/api/artifact-path';
import { projectParam, resourceNameHeader, toNameOrId } from '#routes/api/project-param';
import { repositoryOfPath } from '#routes/api/repository-name';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import { movedHeaders, projectRenameSchema, repositoryMoveSchema } from '#routes/api/schemas/rename';
import type { AppEnv } from '#routes/app-env';
import { projectPath, repositoryPath } from '#routes/middleware/moved';

const renameProject = createRoute({
  method: 'post',
  path: '/projects/{project_name_or_id}/rename',
  operationId: 'renameProject',
  tags: ['rename'],
  middleware: jsonBody,
  request: {
    params: projectParam,
    headers: resourceNameHeader,
    body: { required: true, content: { 'application/json': { schema: projectRenameSchema } } },
  },
  responses: {
    200: { description: 'renamed', headers: movedHeaders },
    ...errorResponses(400, 401, 403, 404, 409, 415, 422),
  },
});

const moveRepository = createRoute({
  method: 'post',
  path: '/projects/{project_name}/repositories/{repository_name}/move',
  operationId: 'moveRepository',
  tags: ['rename'],
  middleware: jsonBody,
  request: {
    params: repositoryParams,
    body: { required: true, content: { 'application/json': { schema: repositoryMoveSchema } } },
  },
  responses: {
    200: { description: 'moved', headers: movedHeaders },
    ...errorResponses(400, 401, 403, 404, 409, 412, 415, 422),
  },
});

/** Other names for projects and repositories; the old ones go on for a time. */
export function renameRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(renameProject, async (c) => {
    const { access, projects } = c.get('services');
    const { name } = c.req.valid('json');
    const nameOrId = toNameOrId(c.req.valid('param'), c.req.valid('header'));
    const project = await access.authorizeProject(c.get('principal'), nameOrId, 'project:update');
    await projects.rename(project, name, c.get('actor'));
    return c.body(null, 200, { Location: projectPath(name) });
  });

  routes.openapi(moveRepository, async (c) => {
    const { access, repositories, repositoryMoves } = c.get('services');
    const principal = c.get('principal');
    const { project_name: projectName, repository_name: rest } = c.req.valid('param');
    const { project_name: destinationName = projectName, repository_name: name } = c.req.valid('json');
    const from = repositoryOfPath(projectName, rest);
    const source = await access.authorizeProject(principal, projectName, 'repository:delete', withinProject(from));
    const repository = await repositories.published(from);
    const destination = await access.authorizeDestination(principal, destinationName, name);
    requireRepositoryName(destination.name, name);
    await repositoryMoves.move({ source, repository, destination, name, actor: c.get('actor') });
    return c.body(null, 200, { Location: repositoryPath(destination.name, name) });
  });

  return routes;
}
