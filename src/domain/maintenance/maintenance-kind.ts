import type { VendorType } from '#domain/jobs/vendor-type';

/** A kind of maintenance of which there is one for the whole registry, and what the audit log calls it. */
export interface MaintenanceKind {
  readonly vendorType: VendorType;
  readonly resourceType: string;
  readonly resource: string;
  /** What is started, scheduled and stopped: `garbage collection`. */
  readonly noun: string;
  /** Parameters as they are kept, of what a client gave; BAD_REQUEST for what is none. */
  readonly parse: (given: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}
