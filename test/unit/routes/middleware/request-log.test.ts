import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OperationMeter } from '#adapters/metering/operation-meter';
import type { AppEnv } from '#routes/app-env';
import { requestId } from '#routes/middleware/request-id';
import { requestLog } from '#routes/middleware/request-log';
import type { Services } from '#src/services';

const meter = new OperationMeter();
const lines: Record<string, unknown>[] = [];

/** The middleware in front of a handler, with the services they need and no others. */
function createLoggedApp({ isProxyTrusted = false } = {}): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  let nowMs = Date.UTC(2026, 0, 1);
  const clock = { nowMs: () => (nowMs += 5) };
  app.use(async (c, next) => {
    c.set('services', { clock, meter, settings: { isProxyTrusted } } as unknown as Services);
    await next();
  });
  app.use(requestId, requestLog);
  app.onError((_error, c) => c.text('failed', 500));
  return app;
}

beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(JSON.parse(line)));
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('the request log', () => {
  it('names whose password was wrong, and nobody whose password was right', async () => {
    const app = createLoggedApp();
    app.get('/:actor', (c) => {
      c.set('claimedUser', 'victor');
      c.set('actor', { username: c.req.param('actor'), sourceAddress: undefined });
      return c.body(null);
    });
    await app.request('/victor');
    await app.request('/anonymous');
    expect(lines.map((line) => line['refusedUser'])).toEqual([undefined, 'victor']);
  });

  it('tells what was asked for, by whom, with what outcome and at what cost', async () => {
    const app = createLoggedApp();
    app.put('/v2/:name{.+}/manifests/:reference', (c) => {
      c.set('actor', { username: 'admin', sourceAddress: '192.0.2.1' });
      meter.add('d1RowsRead', 3);
      return c.body('done', 201, { 'content-length': '4' });
    });
    await app.request('/v2/library/app/manifests/v1', {
      method: 'PUT',
      headers: { 'content-length': '12', 'cf-connecting-ip': '192.0.2.1', 'x-request-id': 'ci-run.7' },
    });
    expect(lines).toEqual([
      {
        time: '2026-01-01T00:00:00.005Z',
        level: 'info',
        kind: 'request',
        requestId: 'ci-run.7',
        actor: 'admin',
        client: '192.0.2.1',
        method: 'PUT',
        route: '/v2/:name{.+}/manifests/:reference',
        repository: 'library/app',
        status: 201,
        bytesIn: 12,
        bytesOut: 4,
        durationMs: 5,
        operations: {
          d1Queries: 0,
          d1RowsRead: 3,
          d1RowsWritten: 0,
          r2ClassA: 0,
          r2ClassB: 0,
          doRequests: 0,
          queueOps: 0,
        },
      },
    ]);
  });

  it('holds nothing of the path but the repository, and nothing of the query or the headers', async () => {
    const app = createLoggedApp();
    app.patch('/v2/:name{.+}/blobs/uploads/:upload', (c) => c.body(null, 202));
    await app.request('/v2/library/app/blobs/uploads/secret-session?state=secret-state', {
      method: 'PATCH',
      headers: { authorization: 'Bearer secret-token', cookie: 'sid=secret-cookie' },
    });
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('names the project and the repository of a request to the API', async () => {
    const app = createLoggedApp();
    app.get('/api/v2.0/projects/:project_name/repositories/:repository_name', (c) => c.text('answered'));
    await app.request('/api/v2.0/projects/library/repositories/app');
    expect(lines[0]).toMatchObject({ project: 'library', repository: 'app' });
  });

  it('logs what failed and what nobody answers', async () => {
    const app = createLoggedApp();
    app.get('/broken', () => {
      throw new Error('no');
    });
    await app.request('/broken');
    await app.request('/nowhere');
    expect(lines.map(({ route, status }) => ({ route, status }))).toEqual([
      { route: '/broken', status: 500 },
      { route: '/*', status: 404 },
    ]);
  });

  it('waits for work that goes on after the answer, and counts it', async () => {
    const app = createLoggedApp();
    const waiting: Promise<unknown>[] = [];
    const background = meter.follow(() => undefined);
    app.get('/', (c) => {
      background(Promise.resolve().then(() => meter.add('queueOps')));
      return c.text('answered');
    });
    const context = {
      waitUntil: (work: Promise<unknown>) => void waiting.push(work),
      passThroughOnException() {},
      props: {},
    };
    await app.request('/', {}, {}, context);
    await Promise.all(waiting);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ operations: { queueOps: 1 } });
  });

  it.each([
    ['the platform', false, '192.0.2.1'],
    ['a trusted proxy, whose entry is the last', true, '198.51.100.2'],
  ])('takes the address from %s', async (_, isProxyTrusted, address) => {
    const app = createLoggedApp({ isProxyTrusted });
    app.get('/', (c) => c.text('answered'));
    const headers = { 'cf-connecting-ip': '192.0.2.1', 'x-forwarded-for': '203.0.113.9, 198.51.100.2' };
    await app.request('/', { headers });
    expect(lines[0]).toMatchObject({ client: address });
  });
});

describe('the request id', () => {
  it.each(['a', 'CI_run-7.2', 'Root=1-67891233-abc/7:a+b@c', 'x'.repeat(128)])(
    'is the client’s own when it is sane: %s',
    async (offered) => {
      const app = createLoggedApp();
      app.get('/', (c) => c.text('answered'));
      const answer = await app.request('/', { headers: { 'x-request-id': offered } });
      expect(answer.headers.get('x-request-id')).toBe(offered);
    },
  );

  it.each(['', 'x'.repeat(129), 'a b', '{"level":"error"}', 'é'])('is a new one otherwise: "%s"', async (offered) => {
    const app = createLoggedApp();
    app.get('/', (c) => c.text('answered'));
    const answer = await app.request('/', { headers: { 'x-request-id': offered } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('stands on failures, and on answers whose headers are closed', async () => {
    const app = createLoggedApp();
    const cached = new Response('cached');
    vi.spyOn(cached.headers, 'set').mockImplementation(() => {
      throw new TypeError('immutable');
    });
    app.get('/cached', () => cached);
    for (const path of ['/cached', '/nowhere']) {
      const answer = await app.request(path, { headers: { 'x-request-id': 'mine' } });
      expect(answer.headers.get('x-request-id')).toBe('mine');
    }
  });
});
