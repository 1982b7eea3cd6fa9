import { gcParametersRecord, parseGcParameters } from '#domain/gc/gc-parameters';
import type { MaintenanceKind } from '#domain/maintenance/maintenance-kind';

/** Runs are of `garbage-collector.ts`. What one has deleted stays deleted when it is stopped; what it has begun, the next ends. */
export const GC_MAINTENANCE: MaintenanceKind = {
  vendorType: 'GARBAGE_COLLECTION',
  resourceType: 'garbage-collection',
  resource: 'garbage-collection',
  noun: 'garbage collection',
  parse: (given) => gcParametersRecord(parseGcParameters(given)),
};
