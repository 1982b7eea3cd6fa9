import { describe, expect, it } from 'vitest';
import { isVendorType, jobTypesOf } from '#domain/jobs/job-type';
import { VENDOR_TYPES } from '#domain/jobs/vendor-type';

describe('jobTypesOf', () => {
  it.each([
    ['GARBAGE_COLLECTION', ['GARBAGE_COLLECTION']],
    ['webhook', ['WEBHOOK']],
    ['Scheduler', ['SCHEDULER']],
    ['all', [...VENDOR_TYPES, 'SCHEDULER']],
    ['ALL', [...VENDOR_TYPES, 'SCHEDULER']],
    ['', undefined],
    ['WEBHOOKS', undefined],
    ['REPLICATION', undefined],
    ['toString', undefined],
  ])('%j', (name, types) => {
    expect(jobTypesOf(name)).toEqual(types);
  });
});

describe('isVendorType', () => {
  it('leaves out the schedules alone', () => {
    expect(jobTypesOf('all')?.filter((type) => !isVendorType(type))).toEqual(['SCHEDULER']);
  });
});
