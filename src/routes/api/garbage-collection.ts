import type { Execution } from '#domain/jobs/execution';
import { maintenanceRoutes } from '#routes/api/maintenance';
import {
  type ExecutionHistoryDto,
  gcHistorySchema,
  toExecutionHistoryDto,
} from '#routes/api/schemas/execution-history';
import { gcAttributes } from '#routes/api/schemas/garbage-collection';

export const garbageCollectionRoutes = () =>
  maintenanceRoutes({
    path: '/system/gc',
    idName: 'gc_id',
    tag: 'gc',
    operationIds: {
      list: 'getGCHistory',
      getSchedule: 'getGCSchedule',
      createSchedule: 'createGCSchedule',
      updateSchedule: 'updateGCSchedule',
      get: 'getGC',
      stop: 'stopGC',
      getLog: 'getGCLog',
    },
    parameters:
      '`delete_untagged`, `delete_tag`, `dry_run`, `workers` (1 to 10) and `time_window_hours` (2 when it is left out)',
    resource: 'garbage-collection',
    schema: gcHistorySchema,
    serviceOf: ({ garbageCollection }) => garbageCollection,
    toRun,
  });

/** A run says what it has brought beside what it was started with. */
function toRun(execution: Execution): ExecutionHistoryDto {
  return toExecutionHistoryDto({ ...execution, parameters: gcAttributes(execution), results: {} });
}
