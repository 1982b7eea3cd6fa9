import type { Registry } from '#test/support/suites/roadstead-server';

/** The management API as the administrator uses it. */
export class ApiClient {
  readonly registry: Registry;

  constructor(registry: Registry) {
    this.registry = registry;
  }

  async get<T>(path: string): Promise<T> {
    return (await (await this.#send('GET', path)).json()) as T;
  }

  /** Answers the Location, empty when there is none. */
  async send(method: 'POST' | 'PUT', path: string, body?: unknown): Promise<string> {
    return (await this.#send(method, path, body)).headers.get('location') ?? '';
  }

  async #send(method: string, path: string, body?: unknown): Promise<Response> {
    const { url, username, password } = this.registry;
    const response = await fetch(`${url}/api/v2.0${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (response.ok) return response;
    throw new Error(`${method} ${path}: status ${response.status}: ${(await response.text()).slice(0, 500)}`);
  }
}
