import type { VendorType } from '#domain/jobs/vendor-type';

/** Work that comes again at set times. */
export interface Schedule {
  readonly id: number;
  /** Harbor's vendor type: `GARBAGE_COLLECTION`, `RETENTION`, … */
  readonly vendorType: VendorType;
  /** Which one of its kind; 0 where there is but one. */
  readonly vendorId: number;
  /** Six fields, seconds first, UTC. */
  readonly cron: string;
  readonly updatedAtMs: number;
}
