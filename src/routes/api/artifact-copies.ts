import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '#core/errors';
import { type ArtifactName, parseArtifactName, projectOf, repositoryName, withinProject } from '#core/reference';
import { ARTIFACTS_PATH, repositoryParams } from '#routes/api/artifact-path';
import { repositoryOfPath } from '#routes/api/repository-name';
import { createApiRouter } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import type { AppEnv } from '#routes/app-env';

const copyArtifact = createRoute({
  method: 'post',
  path: ARTIFACTS_PATH,
  operationId: 'CopyArtifact',
  tags: ['artifact'],
  request: { params: repositoryParams, query: z.object({ from: z.string() }) },
  responses: {
    201: { description: 'created', headers: z.object({ Location: z.string() }) },
    ...errorResponses(400, 401, 403, 404, 409, 412, 422),
  },
});

export function artifactCopyRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(copyArtifact, async (c) => {
    const { access, artifactCopies } = c.get('services');
    const { project_name: projectName, repository_name: rest } = c.req.valid('param');
    const principal = c.get('principal');
    const destination = repositoryOfPath(projectName, rest);
    const within = withinProject(destination);
    const project = await access.authorizeProject(principal, projectName, 'artifact:create', within);
    const { repository: from, reference } = sourceOf(c.req.valid('query').from);
    const permission = 'artifact:read';
    const found = await access.authorizeNamed(principal, projectOf(from), permission, withinProject(from));
    const source = repositoryName(found.project.name, found.repository ?? withinProject(from));
    await artifactCopies.copy({ source, reference, project, destination, actor: c.get('actor') });
    const name = reference.kind === 'tag' ? reference.tag : reference.digest;
    return c.body(null, 201, { Location: `${new URL(c.req.url).pathname.replace(/\/$/, '')}/${name}` });
  });

  return routes;
}

function sourceOf(from: string): ArtifactName {
  const name = parseArtifactName(from);
  if (!name) throw new AppError('BAD_REQUEST', { message: `invalid input: ${from.slice(0, 256)}` });
  return name;
}
