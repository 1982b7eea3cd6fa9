import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CronTimer } from '#scripts/embedded/cron-timer';

const minuteMs = 60_000;

describe('the one-minute cron', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2026-01-01T12:00:30Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('runs at each full minute', async () => {
    const task = vi.fn(async () => undefined);
    const timer = new CronTimer({ task, onError: () => undefined });
    timer.start();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(task).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(task).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2 * minuteMs);
    expect(task).toHaveBeenCalledTimes(3);
    timer.stop();
  });

  it('never runs twice at once', async () => {
    let finish = () => {};
    const task = vi.fn(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    const timer = new CronTimer({ task, onError: () => undefined });
    timer.start();
    await vi.advanceTimersByTimeAsync(3 * minuteMs);
    expect(task).toHaveBeenCalledTimes(1);
    finish();
    await vi.advanceTimersByTimeAsync(minuteMs);
    expect(task).toHaveBeenCalledTimes(2);
    timer.stop();
  });

  it('reports a failure and goes on', async () => {
    const failure = new Error('database is locked');
    const task = vi.fn().mockRejectedValueOnce(failure).mockResolvedValue(undefined);
    const onError = vi.fn();
    const timer = new CronTimer({ task, onError });
    timer.start();
    await vi.advanceTimersByTimeAsync(2 * minuteMs);
    expect(onError.mock.calls).toEqual([[failure]]);
    expect(task).toHaveBeenCalledTimes(2);
    timer.stop();
  });

  it('does not start after it was stopped', async () => {
    const task = vi.fn(async () => undefined);
    const timer = new CronTimer({ task, onError: () => undefined });
    timer.start();
    timer.stop();
    await vi.advanceTimersByTimeAsync(2 * minuteMs);
    expect(task).not.toHaveBeenCalled();
  });
});
