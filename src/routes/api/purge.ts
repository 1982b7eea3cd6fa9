import { maintenanceRoutes } from '#routes/api/maintenance';
import { execHistorySchema } from '#routes/api/schemas/execution-history';

/** Purges of the audit log. */
export const purgeRoutes = () =>
  maintenanceRoutes({
    path: '/system/purgeaudit',
    idName: 'purge_id',
    tag: 'purge',
    operationIds: {
      list: 'getPurgeHistory',
      getSchedule: 'getPurgeSchedule',
      createSchedule: 'createPurgeSchedule',
      updateSchedule: 'updatePurgeSchedule',
      get: 'getPurgeJob',
      stop: 'stopPurge',
      getLog: 'getPurgeJobLog',
    },
    parameters: '`audit_retention_hour`, `include_event_types` (separated by commas) and `dry_run`',
    resource: 'purge-audit',
    schema: execHistorySchema,
    serviceOf: ({ purges }) => purges,
  });
