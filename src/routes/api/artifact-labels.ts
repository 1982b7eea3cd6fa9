import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { withinProject } from '#core/reference';
import { referenceOfPath } from '#routes/api/artifact-path';
import { repositoryOfPath } from '#routes/api/repository-name';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, idSchema } from '#routes/api/schemas/common';
import { labelReqSchema } from '#routes/api/schemas/label';
import type { AppEnv } from '#routes/app-env';

const path = '/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/labels';
const tags = ['artifact'];
const params = z.object({ project_name: z.string(), repository_name: z.string(), reference: z.string() });

const addLabel = createRoute({
  method: 'post',
  path,
  operationId: 'addLabel',
  tags,
  middleware: jsonBody,
  request: {
    params,
    body: {
      required: true,
      description: 'the label, of which the id alone counts',
      content: { 'application/json': { schema: labelReqSchema } },
    },
  },
  responses: { 200: { description: 'added' }, ...errorResponses(400, 401, 403, 404, 409, 412, 415, 422) },
});

const removeLabel = createRoute({
  method: 'delete',
  path: `${path}/{label_id}`,
  operationId: 'removeLabel',
  tags,
  request: { params: params.extend({ label_id: idSchema }) },
  responses: { 200: { description: 'removed' }, ...errorResponses(400, 401, 403, 404, 422) },
});

/** The labels on an artifact, which is shown with them. */
export function artifactLabelRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(addLabel, async (c) => {
    const { access, artifacts, labels } = c.get('services');
    const { project_name: project, repository_name: rest, reference } = c.req.valid('param');
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'artifact-label:create', withinProject(repository));
    const artifact = await artifacts.get(repository, referenceOfPath(reference));
    await labels.attach(c.req.valid('json').id, artifact, c.get('actor'));
    return c.body(null, 200);
  });

  routes.openapi(removeLabel, async (c) => {
    const { access, artifacts, labels } = c.get('services');
    const { project_name: project, repository_name: rest, reference, label_id: labelId } = c.req.valid('param');
    const repository = repositoryOfPath(project, rest);
    await access.authorizeProject(c.get('principal'), project, 'artifact-label:delete', withinProject(repository));
    const artifact = await artifacts.get(repository, referenceOfPath(reference));
    await labels.detach(labelId, artifact, c.get('actor'));
    return c.body(null, 200);
  });

  return routes;
}
