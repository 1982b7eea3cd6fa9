import { createExecutionContext } from 'cloudflare:test';
import { env as testEnv } from 'cloudflare:workers';
import { type Clock, systemClock } from '#core/clock';
import type { Env } from '#src/env';
import { createServices, type ServiceOptions, type Services } from '#src/services';
import { edgeLimits } from '#test/support/edge-limits';
import { type Interceptor, interceptBindings } from '#test/support/intercepted-bindings';
import { deployments } from '#test/support/new-deployment';
import { TEST_PASSWORD_COST } from '#test/support/password-cost';
import { createRecordedApp } from '#test/support/recording/recorded-app';

/** The password of `admin` in tests (vitest.config.ts). */
const ADMIN_PASSWORD = 'Harbor12345';

/** A clock that a test moves. */
export class TestClock implements Clock {
  #offsetMs = 0;

  nowMs(): number {
    return systemClock.nowMs() + this.#offsetMs;
  }

  advance(ms: number): void {
    this.#offsetMs += ms;
  }
}

export interface Harness {
  readonly env: Env;
  readonly services: Services;
  readonly clock: TestClock;
  /** A request without credentials unless `init.headers` has some. */
  request(method: string, path: string, init?: RequestInit): Promise<Response>;
  /** A request with a registry token of `admin` for everything in the projects named by the path. */
  asAdmin(method: string, path: string, init?: RequestInit): Promise<Response>;
  /** A registry token of `admin`, or an anonymous one. */
  token(scope: string, who?: 'admin' | 'anonymous'): Promise<string>;
}

/** The whole worker over real bindings under the edge's limits, with a clock of its own. */
export function createHarness(
  overrides: Partial<Env> = {},
  intercept: Interceptor = edgeLimits,
  options: Pick<ServiceOptions, 'logReceiver'> = {},
): Harness {
  const env = interceptBindings({ ...(testEnv as unknown as Env), ...overrides }, ofThisDeployment(intercept));
  const clock = new TestClock();
  const services = createServices(env, { clock, passwordCost: TEST_PASSWORD_COST, ...options });
  const ask = createRecordedApp(() => services);
  /** Tokens of `admin` by scope. */
  const tokens = new Map<string, string>();

  async function request(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    return ask(new Request(`http://registry.test${path}`, { ...init, method }), env, createExecutionContext());
  }

  async function token(scope: string, who: 'admin' | 'anonymous' = 'admin'): Promise<string> {
    const headers: HeadersInit = who === 'admin' ? { authorization: basic('admin', ADMIN_PASSWORD) } : {};
    const query = new URLSearchParams({ service: 'harbor-registry', scope });
    const response = await request('GET', `/service/token?${query}`, { headers });
    const body = (await response.json()) as { token: string };
    return body.token;
  }

  async function asAdmin(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const project = path.split(/[/?]/)[2] ?? 'library';
    const scope = project === '_catalog' ? 'registry:catalog:*' : `repository:${project}/any:pull,push`;
    const known = tokens.get(scope) ?? (await token(scope));
    tokens.set(scope, known);
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${known}`);
    return request(method, path, { ...init, headers });
  }

  return { env, services, clock, request, asAdmin, token };
}

/** Pulls are told of two seconds later, when the next test file may have begun: it must not find them in its log. */
function ofThisDeployment(intercept: Interceptor): Interceptor {
  const { count } = deployments;
  return async (call, invoke) =>
    call.binding === 'EVENTS' && count !== deployments.count ? undefined : intercept(call, invoke);
}

export function basic(username: string, password: string): string {
  return `Basic ${btoa(`${username}:${password}`)}`;
}
