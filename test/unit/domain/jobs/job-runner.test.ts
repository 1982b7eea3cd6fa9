import { describe, expect, it } from 'vitest';
import { JobRunner } from '#domain/jobs/job-runner';
import type { Task } from '#domain/jobs/task';
import type { TaskStore } from '#domain/jobs/task-store';

const TASK: Task = {
  id: 1,
  executionId: 1,
  vendorType: 'RETENTION',
  vendorId: 1,
  jobId: 'job',
  lane: undefined,
  status: 'Running',
  statusMessage: '',
  revision: 1,
  parameters: {},
  cursor: undefined,
  results: {},
  failures: 0,
  createdAtMs: 0,
  startedAtMs: 0,
  updatedAtMs: 0,
  endedAtMs: undefined,
};

/** Answers at once, as a database on the same thread does. */
const STORE: TaskStore = {
  claim: async () => TASK,
  save: async () => undefined,
  fail: async () => undefined,
  nextInLane: async () => undefined,
  due: async () => [],
};

describe('JobRunner', () => {
  it('lets others have the thread between slices', async () => {
    const deeds: string[] = [];
    const runner = new JobRunner({
      tasks: STORE,
      queue: { send: async () => undefined },
      handlers: {
        RETENTION: {
          async runSlice(slice) {
            const count = Number(slice.task.cursor?.['count'] ?? 0) + 1;
            deeds.push(`slice ${count}`);
            setTimeout(() => deeds.push(`request ${count}`), 0);
            await slice.save(count < 3 ? slice.next({ count }) : slice.done());
          },
        },
      },
      clock: { nowMs: () => Date.now() },
      report: () => undefined,
    });
    await runner.run({ taskId: 1 });
    expect(deeds).toEqual(['slice 1', 'request 1', 'slice 2', 'request 2', 'slice 3']);
  });
});
