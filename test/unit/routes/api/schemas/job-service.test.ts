import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { QueueState } from '#domain/jobs/job-monitor-store';
import { toJobQueueDto, toWorkerPoolDto } from '#routes/api/schemas/job-service';

const QUEUE: QueueState = { jobType: 'WEBHOOK', waitingCount: 2, waitingSinceMs: 1_000, isPaused: false };

describe('toWorkerPoolDto', () => {
  it('is as wide as the queue of jobs hands out messages', () => {
    const [, consumer] =
      /\[\[queues\.consumers\]\]\nqueue = "roadstead-jobs"\nmax_batch_size = (\d+)/.exec(
        readFileSync('wrangler.toml', 'utf8'),
      ) ?? [];
    expect(toWorkerPoolDto(0, 0).concurrency).toBe(Number(consumer));
  });
});

describe('toJobQueueDto', () => {
  it.each([
    [1_000, 0],
    [1_999, 0],
    [62_500, 61],
    // Clocks of two isolates may differ.
    [500, 0],
  ])('at %d the oldest has waited %d whole seconds', (nowMs, latency) => {
    expect(toJobQueueDto(QUEUE, nowMs)).toEqual({ job_type: 'WEBHOOK', count: 2, latency, paused: false });
  });

  it('has waited for nothing when nothing waits', () => {
    expect(toJobQueueDto({ ...QUEUE, waitingCount: 0, waitingSinceMs: undefined }, 5_000).latency).toBe(0);
  });
});
