/** Kinds of work by Harbor's names, and the one that is Roadstead's own. */
export const VENDOR_TYPES = [
  'GARBAGE_COLLECTION',
  'STORAGE_COMPARISON',
  'RETENTION',
  'PURGE_AUDIT_LOG',
  'WEBHOOK',
  'SLACK',
] as const;
export type VendorType = (typeof VENDOR_TYPES)[number];
