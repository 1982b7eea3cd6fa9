import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Registry } from '#test/support/suites/roadstead-server';

const WRITE_BYTES = 256 * 1024;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Send without a Content-Length. */
  readonly isStreamed?: boolean;
}

/** The connection broke before an answer began: whether the registry did what was asked is unknown. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** A client of one life of the server: over connections that stay open, with a token. */
export class RegistryClient {
  readonly #registry: Registry;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #inFlight = new Map<symbol, string>();
  #authorization = '';

  private constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Gets a token for all it is going to do. */
  static async connect(registry: Registry, scopes: readonly string[]): Promise<RegistryClient> {
    const client = new RegistryClient(registry);
    const basic = Buffer.from(`${registry.username}:${registry.password}`).toString('base64');
    client.#authorization = `Basic ${basic}`;
    const query = new URLSearchParams({ service: 'harbor-registry' });
    for (const scope of scopes) query.append('scope', scope);
    const answer = await client.send('GET', `/service/token?${query}`);
    if (answer.status !== 200) throw new Error(`no token: status ${answer.status}`);
    client.#authorization = `Bearer ${(JSON.parse(answer.body.toString()) as { token: string }).token}`;
    return client;
  }

  /** Method and path of every request that has no answer yet. */
  get inFlight(): readonly string[] {
    return [...this.#inFlight.values()];
  }

  close(): void {
    this.#agent.destroy();
  }

  async send(method: string, location: string, sending: Sending = {}): Promise<Answer> {
    const id = Symbol(method);
    this.#inFlight.set(id, `${method} ${location}`);
    try {
      return await this.#exchange(method, new URL(location, this.#registry.url), sending);
    } finally {
      this.#inFlight.delete(id);
    }
  }

  #exchange(method: string, url: URL, { headers = {}, body, isStreamed = false }: Sending): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const length = isStreamed ? {} : { 'content-length': String(body?.length ?? 0) };
    const outgoing = request(url, {
      method,
      agent: this.#agent,
      headers: { authorization: this.#authorization, ...length, ...headers },
    });
    outgoing.on('error', (error) => reject(new ConnectionLost(error.message)));
    outgoing.on('response', (response) => resolve(readAnswer(response)));
    const writeFrom = (offset: number): void => {
      if (body === undefined || offset >= body.length) {
        outgoing.end();
        return;
      }
      const end = offset + WRITE_BYTES;
      if (outgoing.write(body.subarray(offset, end))) setImmediate(writeFrom, end);
      else outgoing.once('drain', () => writeFrom(end));
    };
    writeFrom(0);
    return promise;
  }
}

/** The status is the answer: a body that breaks off, as a kill may make it, leaves the rest of it out. */
async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch {
    // What was read stands; who needs the bytes compares their digest.
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}
