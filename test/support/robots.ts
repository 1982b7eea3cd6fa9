import { asAdmin, type TestServer } from '#test/support/server';

/** `resource:action`, or `resource:action:effect`. */
export function accessOf(...names: readonly string[]) {
  return names.map((name) => {
    const [resource, action, effect] = name.split(':');
    return { resource, action, ...(effect && { effect }) };
  });
}

export function inProject(namespace: string, ...names: readonly string[]) {
  return { kind: 'project', namespace, access: accessOf(...names) };
}

export function inSystem(...names: readonly string[]) {
  return { kind: 'system', namespace: '/', access: accessOf(...names) };
}

/** Asks for a robot; what the body does not say is that of a system robot for 30 days. */
export function postRobot(
  server: TestServer,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = asAdmin,
): Promise<Response> {
  return server.request('/api/v2.0/robots', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ level: 'system', duration: 30, ...body }),
  });
}

export interface MadeRobot {
  readonly id: number;
  readonly name: string;
  readonly secret: string;
  readonly expires_at: number;
}

export async function makeRobot(
  server: TestServer,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = asAdmin,
): Promise<MadeRobot> {
  const response = await postRobot(server, body, headers);
  if (response.status !== 201) throw new Error(`no robot was made: ${response.status} ${await response.text()}`);
  return (await response.json()) as MadeRobot;
}
