import { parsePurgeParameters } from '#domain/audit/purge';
import type { MaintenanceKind } from '#domain/maintenance/maintenance-kind';

/** Runs are of `purge-job.ts`. */
export const PURGE_MAINTENANCE: MaintenanceKind = {
  vendorType: 'PURGE_AUDIT_LOG',
  resourceType: 'purge-audit',
  resource: 'audit log',
  noun: 'the purge of the audit log',
  parse: (given) => ({ ...parsePurgeParameters(given) }),
};
