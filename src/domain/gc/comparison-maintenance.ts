import { z } from 'zod';
import { AppError } from '#core/errors';
import type { MaintenanceKind } from '#domain/maintenance/maintenance-kind';

const parametersSchema = z.object({ dry_run: z.boolean().default(false) });

/** Runs are of `storage-comparison.ts`. */
export const COMPARISON_MAINTENANCE: MaintenanceKind = {
  vendorType: 'STORAGE_COMPARISON',
  resourceType: 'storage-comparison',
  resource: 'storage-comparison',
  noun: 'the comparison of storage with the database',
  parse: (given) => {
    const parsed = parametersSchema.safeParse(given);
    if (parsed.success) return parsed.data;
    throw new AppError('BAD_REQUEST', { message: 'dry_run is true or false' });
  },
};
