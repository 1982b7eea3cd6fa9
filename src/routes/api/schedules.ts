import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { toOffsetPage } from '#core/api-query';
import { AppError } from '#core/errors';
import type { Schedule } from '#domain/schedules/schedule';
import { setListHeaders } from '#routes/api/paging';
import { createApiRouter } from '#routes/api/router';
import { errorResponses, listResponse, pageQuerySchema, toTimestamp } from '#routes/api/schemas/common';
import { schedulerStatusSchema } from '#routes/api/schemas/job-service';
import type { AppEnv } from '#routes/app-env';

/** Harbor's, of what there is but one of (`harbor:src/controller/gc/controller.go`, `src/controller/jobservice/schedule.go`). */
const SYSTEM_VENDOR_ID = -1;

const scheduleTaskSchema = z
  .object({
    id: z.int(),
    vendor_type: z.string(),
    vendor_id: z.int().openapi({ description: '-1 for the one of its kind' }),
    cron: z.string(),
    update_time: z.iso.datetime(),
  })
  .openapi('ScheduleTask');

const listSchedules = createRoute({
  method: 'get',
  path: '/schedules',
  operationId: 'listSchedules',
  tags: ['schedule'],
  request: { query: pageQuerySchema.pick({ page: true, page_size: true }) },
  responses: {
    200: listResponse(scheduleTaskSchema),
    ...errorResponses(401, 403, 422),
  },
});

const getSchedulePaused = createRoute({
  method: 'get',
  path: '/schedules/{job_type}/paused',
  operationId: 'getSchedulePaused',
  tags: ['schedule'],
  request: { params: z.object({ job_type: z.string().openapi({ description: 'only `all`' }) }) },
  responses: {
    200: { description: 'ok', content: { 'application/json': { schema: schedulerStatusSchema } } },
    ...errorResponses(400, 401),
  },
});

export function scheduleRoutes(): OpenAPIHono<AppEnv> {
  const routes = createApiRouter();

  routes.openapi(listSchedules, async (c) => {
    const { access, schedules } = c.get('services');
    access.authorizeSystem(c.get('principal'), 'jobservice-monitor:list');
    const { page, page_size: pageSize } = c.req.valid('query');
    const apiPage = { page, pageSize };
    const { items, total } = await schedules.list(toOffsetPage(apiPage));
    setListHeaders(c, apiPage, total);
    return c.json(items.map(toScheduleTask), 200);
  });

  routes.openapi(getSchedulePaused, async (c) => {
    const { access, jobMonitor } = c.get('services');
    access.requireAuthenticated(c.get('principal'));
    if (c.req.valid('param').job_type.toLowerCase() !== 'all') {
      throw new AppError('BAD_REQUEST', { message: "job_type can only be 'all'" });
    }
    return c.json({ paused: await jobMonitor.areSchedulesPaused() }, 200);
  });

  return routes;
}

function toScheduleTask(schedule: Schedule): z.infer<typeof scheduleTaskSchema> {
  return {
    id: schedule.id,
    vendor_type: schedule.vendorType,
    vendor_id: schedule.vendorId === 0 ? SYSTEM_VENDOR_ID : schedule.vendorId,
    cron: schedule.cron,
    update_time: toTimestamp(schedule.updatedAtMs),
  };
}
