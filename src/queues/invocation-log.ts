import type { Services } from '#src/services';

export interface Invocation {
  readonly kind: 'queue' | 'cron';
  readonly queue?: string;
  readonly messages?: number;
}

/** Runs what no client asked for, and writes one JSON line about it, as the request log does for requests. */
export async function runLogged(
  { clock, meter }: Services,
  invocation: Invocation,
  task: () => Promise<void>,
): Promise<void> {
  const startMs = clock.nowMs();
  await meter.run(async ({ counts, background }) => {
    let outcome = 'failed';
    try {
      await task();
      outcome = 'ok';
      await Promise.allSettled(background);
    } finally {
      const time = new Date(startMs).toISOString();
      const durationMs = clock.nowMs() - startMs;
      const level = outcome === 'ok' ? 'info' : 'warning';
      console.log(JSON.stringify({ time, level, ...invocation, outcome, durationMs, operations: counts }));
    }
  });
}
