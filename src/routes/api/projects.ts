import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { type Filter, limitOf, offsetOf, parseFilter, parseSort, valueMatching } from '#core/api-query';
import { AppError } from '#core/errors';
import { PROJECT_ORDERS, type ProjectFilter } from '#domain/projects/project-listing';
import { readNewProject, readStorageLimit } from '#domain/projects/project-request';
import type { ProjectVisibility } from '#domain/projects/project-visibility';
import { setListHeaders } from '#routes/api/paging';
import { createApiRouter, jsonBody } from '#routes/api/router';
import { errorResponses, flagSchema, listResponse, pageQuerySchema, toFlag } from '#routes/api/schemas/common';
import { projectReqSchema, projectSchema, toProjectDto, toProjectRequest } from '#routes/api/schemas/project';
import type { AppEnv } from '#routes/app-env';

const createProject = createRoute({
  method: 'post',
  path: '/projects',
  operationId: 'createProject',
  tags: ['project'],
  middleware: jsonBody,
  request: {
    headers: z.object({ 'x-resource-name-in-location': flagSchema.optional() }),
    body: { required: true, content: { 'application/json': { schema: projectReqSchema } } },
  },
  responses: {
    201: { description: 'created', headers: z.object({ Location: z.string() }) },
    ...errorResponses(400, 401, 403, 409, 415, 422),
  },
});

const listProjects = createRoute({
  method: 'get',
  path: '/projects',
  operationId: 'listProjects',
  tags: ['project'],
  request: {
    query: pageQuerySchema.extend({
      name: z.string().optional(),
      public: flagSchema.optional(),
      owner: z.string().optional(),
      with_detail: flagSchema.optional(),
    }),
  },
  responses: {
    200: listResponse(projectSchema),
    ...errorResponses(400, 401, 422),
  },
});

const headProject = createRoute({
  method: 'head',
  path: '/projects',
  operationId: 'headProject',
  tags: ['project'],
  request: { query: z.object({ project_name: z.string() }) },
  responses: { 200: { description: 'the name is taken' }, ...errorResponses(401, 404, 422) },
});

export function projectRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  // The router takes HEAD for GET, so HEAD is told apart before it.
  routes.use('/projects', async (c, next) => (c.req.method === 'HEAD' ? answerHead(c) : next()));
  routes.openAPIRegistry.registerPath(headProject);

  routes.openapi(createProject, async (c) => {
    const { access, configuration, permissions, projects } = c.get('services');
    const request = c.req.valid('json');
    const ownerId = await access.authorizeProjectCreation(c.get('principal'));
    if (request.registry_id) {
      throw new AppError('BAD_REQUEST', { message: 'proxy cache projects are not available' });
    }
    const name = request.project_name ?? '';
    const wanted = readNewProject(toProjectRequest(request), request.public === true);
    const isLimitChosen = permissions.hasSystem(c.get('principal'), 'project:create');
    const limit = readStorageLimit(request.storage_limit ?? 0, await configuration.current(), isLimitChosen);
    const project = await projects.create({ name, ownerId, storageLimitBytes: limit, ...wanted }, c.get('actor'));
    const isNameWanted = c.req.valid('header')['x-resource-name-in-location'] === true;
    return c.body(null, 201, { Location: `${c.req.path.replace(/\/$/, '')}/${isNameWanted ? name : project.id}` });
  });

  routes.openapi(listProjects, async (c) => {
    const { page, page_size: pageSize, q, sort, with_detail: isDetailed = true, ...wanted } = c.req.valid('query');
    const { permissions, projects } = c.get('services');
    const visible = permissions.visibleProjects(c.get('principal'));
    const filter = { ...visible, ...toFilter(parseFilter(q, PROJECT_FILTERS)), ...toNamedFilter(wanted) };
    const { key, isDescending } = parseSort(sort, PROJECT_ORDERS, { key: 'name', isDescending: false });
    const apiPage = { page, pageSize };
    const { items, total } = await projects.list(filter, {
      limit: limitOf(apiPage),
      offset: offsetOf(apiPage),
      orderBy: key,
      isDescending,
      isDetailed,
    });
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toProjectDto), 200);
  });

  return routes;
}

/** `HEAD /projects?project_name=`: whether the name is taken, for anybody with an account. */
async function answerHead(c: Context<AppEnv>): Promise<Response> {
  const { access, projects } = c.get('services');
  access.requireAuthenticated(c.get('principal'));
  const name = c.req.query('project_name');
  if (!name) throw new AppError('UNPROCESSABLE_ENTITY', { message: 'project_name in query is required' });
  if (!(await projects.find(name))) throw new AppError('NOT_FOUND', { message: `project ${name} not found` });
  return c.body(null, 200);
}

const PROJECT_FILTERS = { name: ['exact', 'fuzzy'], public: ['exact'], owner: ['exact'] } as const;

function toFilter(terms: Filter<keyof typeof PROJECT_FILTERS>): Omit<ProjectFilter, keyof ProjectVisibility> {
  return {
    name: valueMatching(terms.name, 'exact'),
    nameContains: valueMatching(terms.name, 'fuzzy'),
    owner: terms.owner?.value,
    isPublic: terms.public && toFlag('public', terms.public.value),
  };
}

interface NamedFilter {
  readonly name?: string | undefined;
  readonly public?: boolean | undefined;
  readonly owner?: string | undefined;
}

/** The parameters beside `q`; where both name a key, these win. `name` is a part of the name, as in Harbor. */
function toNamedFilter({ name, public: isPublic, owner }: NamedFilter): Partial<ProjectFilter> {
  return {
    ...(name !== undefined && { nameContains: name }),
    ...(isPublic !== undefined && { isPublic }),
    ...(owner !== undefined && { owner }),
  };
}
