import { env } from 'cloudflare:workers';
import { ScryptHasher } from '#adapters/crypto/scrypt-hasher';
import type { Env } from '#src/env';
import { basic as basicHeader, createHarness, type Harness } from '#test/support/harness';
import { TEST_PASSWORD_COST } from '#test/support/password-cost';

/** The bindings of the tests. */
export const testEnv = env as unknown as Env;

/** The harness, asked as `fetch` is: the headers of each request say who asks. */
export interface TestServer extends Omit<Harness, 'request'> {
  request(path: string, init?: RequestInit): Promise<Response>;
}

/** A server of its own; a binding or secret given as undefined is missing. */
export function createServer(overrides: { readonly [K in keyof Env]?: Env[K] | undefined } = {}): TestServer {
  const harness = createHarness(overrides as Partial<Env>);
  return { ...harness, request: (path, init) => harness.request(init?.method ?? 'GET', path, init) };
}

export function basic(username: string, password: string): { readonly authorization: string } {
  return { authorization: basicHeader(username, password) };
}

export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}

export const asAdmin = basic('admin', 'Harbor12345');

/** The first error of an envelope. */
export async function errorOf(response: Response): Promise<{ code: string; message: string }> {
  const { errors } = (await response.json()) as { errors: { code: string; message: string }[] };
  const [error] = errors;
  if (!error) throw new Error('the envelope holds no error');
  return error;
}

/** A registry token for the scope, as a client fetches it. */
export async function fetchToken(
  server: TestServer,
  scope: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const query = new URLSearchParams({ service: 'harbor-registry', scope });
  const response = await server.request(`/service/token?${query}`, { headers });
  if (response.status !== 200) throw new Error(`the token service answered ${response.status}`);
  return ((await response.json()) as { token: string }).token;
}

/** An account with a password, past the API that will make them one day. */
export async function insertUser(server: Pick<Harness, 'clock'>, username: string, password: string): Promise<number> {
  const hash = await new ScryptHasher({ clock: server.clock, parameters: TEST_PASSWORD_COST }).hash(password);
  const row = await testEnv.DB.prepare(
    `insert into users (username, password_hash, created_at_ms, updated_at_ms) values (?, ?, 0, 0) returning id`,
  )
    .bind(username, hash)
    .first<{ id: number }>();
  if (!row) throw new Error('no row was inserted');
  return row.id;
}

/** A project of the administrator's, with other members by user id and role. */
export async function insertProject(
  server: Pick<Harness, 'services'>,
  name: string,
  { isPublic = false, members = {} }: { isPublic?: boolean; members?: Readonly<Record<number, number>> } = {},
): Promise<number> {
  const project = await server.services.projects.create(
    { name, ownerId: 1, isPublic, metadata: {} },
    { username: 'admin', sourceAddress: undefined },
  );
  for (const [userId, role] of Object.entries(members)) {
    await testEnv.DB.prepare(
      'insert into project_members (project_id, user_id, role, created_at_ms) values (?, ?, ?, 0)',
    )
      .bind(project.id, Number(userId), role)
      .run();
  }
  return project.id;
}
