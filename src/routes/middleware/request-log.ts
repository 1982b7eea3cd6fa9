import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { AppEnv } from '#routes/app-env';
import { clientAddress } from '#routes/middleware/client-address';

/** No valid name is longer. */
const MAX_NAME_LENGTH = 255;

/**
 * Writes one JSON line a request, and nothing in it that a log must not hold: the route's pattern instead of its path
 * (an upload's address is a credential), no query, no header but Content-Length. `durationMs` ends with the headers of
 * the answer. The line waits for work that the request left running, so that its operations are in it.
 */
export const requestLog: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { clock, meter } = c.get('services');
  const startMs = clock.nowMs();
  await meter.run(async ({ counts, background }) => {
    await next();
    const line = { ...describe(c, startMs), durationMs: clock.nowMs() - startMs };
    const write = () => console.log(JSON.stringify({ ...line, operations: counts }));
    if (background.length === 0) write();
    else c.executionCtx.waitUntil(Promise.allSettled(background).then(write));
  });
};

function describe(c: Context<AppEnv>, startMs: number) {
  return {
    time: new Date(startMs).toISOString(),
    level: 'info',
    kind: 'request',
    requestId: c.get('requestId'),
    actor: c.get('actor')?.username,
    refusedUser: refusedUser(c),
    client: clientAddress(c),
    method: c.req.method,
    route: routePath(c),
    project: (c.req.param('project_name') ?? c.req.param('project_name_or_id'))?.slice(0, MAX_NAME_LENGTH),
    // The whole name on /v2; under /api the part after the project.
    repository: (c.req.param('name') ?? c.req.param('repository_name'))?.slice(0, MAX_NAME_LENGTH),
    status: c.res.status,
    bytesIn: lengthOf(c.req.header('content-length')),
    bytesOut: lengthOf(c.res.headers.get('content-length')),
  };
}

/** Whose password was wrong, so that somebody who guesses leaves a trace. */
function refusedUser(c: Context<AppEnv>): string | undefined {
  const [claimed, actor] = [c.get('claimedUser'), c.get('actor')?.username];
  return claimed === actor ? undefined : claimed?.slice(0, MAX_NAME_LENGTH);
}

/** Undefined, and so not in the line, when the length was not announced. */
function lengthOf(header: string | null | undefined): number | undefined {
  return header && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}
