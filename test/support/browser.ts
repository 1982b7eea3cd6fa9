import type { Harness } from '#test/support/harness';

/** Keeps cookies as a browser does, follows nothing, and sends the CSRF token of the last answer with what it posts. */
export class Browser {
  readonly #harness: Pick<Harness, 'request'>;
  readonly #cookies = new Map<string, string>();
  #csrfToken: string | undefined;

  constructor(harness: Pick<Harness, 'request'>) {
    this.#harness = harness;
  }

  get cookieNames(): readonly string[] {
    return [...this.#cookies.keys()];
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  get(path: string): Promise<Response> {
    return this.#send('GET', path, {});
  }

  postForm(path: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    return this.#send('POST', path, { body: new URLSearchParams(fields) });
  }

  sendJson(method: 'POST' | 'PUT', path: string, value: unknown): Promise<Response> {
    return this.#send(method, path, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
    });
  }

  async #send(method: string, path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('cookie', [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    if (this.#csrfToken !== undefined && method !== 'GET') headers.set('x-harbor-csrf-token', this.#csrfToken);
    const response = await this.#harness.request(method, path, { ...init, headers });
    this.#csrfToken = response.headers.get('x-harbor-csrf-token') ?? this.#csrfToken;
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    return response;
  }

  #keep(cookie: string): void {
    const [pair = '', ...attributes] = cookie.split(/; */);
    const [name = '', value = ''] = pair.split('=');
    if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
