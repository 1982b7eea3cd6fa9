import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';

/** Pieces written before the socket is asked whether it keeps up. */
const PIECES_A_TURN = 32;

const agent = new Agent({ keepAlive: true });

export interface Outgoing {
  readonly method: string;
  readonly url: URL | string;
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  /** Sent with Transfer-Encoding: chunked unless the headers name a Content-Length. */
  readonly body?: Iterable<Uint8Array>;
  /** Any other status is an error. */
  readonly expect: number;
}

export interface Incoming {
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Sends a request over a kept-alive connection and reads the whole answer. */
export async function send({ method, url, headers = {}, body, expect }: Outgoing): Promise<Incoming> {
  const outgoing = request(url, { method, agent, headers: withoutAbsent(headers) });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  // A server that refuses may answer before it has read everything, and never read the rest.
  const [response] = await Promise.race([answered, write(outgoing, body).then(() => answered)]);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const received = Buffer.concat(chunks);
  if (response.statusCode !== expect) {
    throw new Error(`${method} ${url} answered ${response.statusCode}, not ${expect}: ${received.subarray(0, 500)}`);
  }
  return { headers: response.headers, body: received };
}

async function write(outgoing: ClientRequest, body: Iterable<Uint8Array> | undefined): Promise<void> {
  let count = 0;
  for (const piece of body ?? []) {
    const keepsUp = outgoing.write(piece);
    if (!keepsUp && ++count % PIECES_A_TURN === 0) await once(outgoing, 'drain');
  }
  outgoing.end();
}

function withoutAbsent(headers: Outgoing['headers'] & object): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}
