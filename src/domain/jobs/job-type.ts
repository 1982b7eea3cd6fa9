import { VENDOR_TYPES, type VendorType } from '#domain/jobs/vendor-type';

/** What can be paused: work of a kind, or all schedules, which Harbor takes for one kind more. */
export type JobType = VendorType | 'SCHEDULER';
const JOB_TYPES: readonly JobType[] = [...VENDOR_TYPES, 'SCHEDULER'];

const ALL = 'ALL';

/** The types that a name stands for, which may be `all`; undefined when it stands for none. Cases are one, as in Harbor. */
export function jobTypesOf(name: string): readonly JobType[] | undefined {
  const wanted = name.toUpperCase();
  if (wanted === ALL) return JOB_TYPES;
  const types = JOB_TYPES.filter((type) => type === wanted);
  return types.length > 0 ? types : undefined;
}

export function isVendorType(type: JobType): type is VendorType {
  return type !== 'SCHEDULER';
}
