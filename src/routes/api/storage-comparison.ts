import { maintenanceRoutes } from '#routes/api/maintenance';
import { execHistorySchema } from '#routes/api/schemas/execution-history';

/** Comparisons of R2 with D1. Harbor has none. */
export const storageComparisonRoutes = () =>
  maintenanceRoutes({
    path: '/system/storage-comparison',
    idName: 'id',
    tag: 'storage-comparison',
    operationIds: {
      list: 'listStorageComparisons',
      getSchedule: 'getStorageComparisonSchedule',
      createSchedule: 'createStorageComparisonSchedule',
      updateSchedule: 'updateStorageComparisonSchedule',
      get: 'getStorageComparison',
      stop: 'stopStorageComparison',
      getLog: 'getStorageComparisonLog',
    },
    parameters: '`dry_run`',
    resource: 'garbage-collection',
    schema: execHistorySchema,
    serviceOf: ({ storageComparison }) => storageComparison,
  });
