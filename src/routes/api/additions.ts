import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { withinProject } from '#core/reference';
import { ADDITIONS } from '#domain/artifacts/addition';
import { ARTIFACTS_PATH, artifactParams, referenceOfPath } from '#routes/api/artifact-path';
import { reportHeaders } from '#routes/api/artifact-view';
import { repositoryOfPath } from '#routes/api/repository-name';
import { createApiRouter } from '#routes/api/router';
import { errorResponses } from '#routes/api/schemas/common';
import type { AppEnv } from '#routes/app-env';

/** Reports by their kind; nothing is scanned yet. */
const vulnerabilityReportsSchema = z.object({}).openapi('VulnerabilityReports');

const getVulnerabilitiesAddition = createRoute({
  method: 'get',
  path: `${ARTIFACTS_PATH}/{reference}/additions/vulnerabilities`,
  operationId: 'getVulnerabilitiesAddition',
  tags: ['artifact'],
  request: { params: artifactParams, headers: reportHeaders },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: vulnerabilityReportsSchema } } },
    ...errorResponses(400, 401, 403, 404),
  },
});

const getAddition = createRoute({
  method: 'get',
  path: `${ARTIFACTS_PATH}/{reference}/additions/{addition}`,
  operationId: 'getAddition',
  tags: ['artifact'],
  request: { params: artifactParams.extend({ addition: z.enum(ADDITIONS) }) },
  responses: {
    200: {
      description: 'the addition, as a text of its own kind',
      headers: z.object({ 'Content-Type': z.string() }),
      content: {
        'application/json': { schema: z.array(z.record(z.string(), z.unknown())) },
        'text/plain': { schema: z.string() },
        'text/markdown': { schema: z.string() },
        'application/vnd.goharbor.harbor.sbom.v1': { schema: z.string() },
      },
    },
    ...errorResponses(400, 401, 403, 404, 413, 422),
  },
});

export function additionRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(getVulnerabilitiesAddition, async (c) => {
    const { access, artifacts } = c.get('services');
    const { project_name: project, repository_name: rest, reference } = c.req.valid('param');
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'artifact-addition:read', withinProject(repository));
    await artifacts.get(repository, referenceOfPath(reference));
    return c.json({}, 200);
  });

  routes.openapi(getAddition, async (c) => {
    const { access, additions } = c.get('services');
    const { project_name: project, repository_name: rest, reference, addition } = c.req.valid('param');
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'artifact-addition:read', withinProject(repository));
    const { contentType, body } = await additions.read(repository, referenceOfPath(reference), addition);
    // What somebody pushed is shown as it is, and must not pass for a page of this site.
    return new Response(body, { headers: { 'content-type': contentType, 'x-content-type-options': 'nosniff' } });
  });

  return routes;
}
