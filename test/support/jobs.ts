import { edgeLimits } from '#test/support/edge-limits';
import { createHarness, type Harness } from '#test/support/harness';
import type { Interceptor } from '#test/support/intercepted-bindings';
import { asAdmin } from '#test/support/server';

/** A harness whose jobs run when a test says so, and not by themselves. */
export function createJobHarness(intercept: Interceptor = edgeLimits): Harness {
  return createHarness({}, (call, invoke) => (call.binding === 'JOBS' ? Promise.resolve() : intercept(call, invoke)));
}

/** Runs what is due until nothing is; answers how many tasks were woken. */
export async function runDueJobs({ env, services, clock }: Harness): Promise<number> {
  let woken = 0;
  for (;;) {
    const { results } = await env.DB.prepare('select id from tasks where due_at_ms <= ? order by id')
      .bind(clock.nowMs())
      .all<{ id: number }>();
    if (results.length === 0) return woken;
    for (const { id } of results) await services.jobRunner.run({ taskId: id });
    woken += results.length;
  }
}

/** The harness, but that `/v2` is asked with a password: tokens run out when a test moves the clock. */
export function byPassword(harness: Harness): Harness {
  return {
    ...harness,
    asAdmin: (method, path, init = {}) =>
      harness.request(method, path, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init.headers)), ...asAdmin },
      }),
  };
}
