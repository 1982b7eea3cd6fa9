import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a directory answers; a status without a body where `json` is absent. */
export interface Answer {
  readonly status: number;
  readonly json?: unknown;
}

export interface JsonRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A server of a directory, on a loopback port of its own. */
export interface JsonServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startJsonServer(answer: (request: JsonRequest) => Answer): Promise<JsonServer> {
  const server = createServer(async (incoming, outgoing) => {
    const { status, json } = answer(await readRequest(incoming));
    outgoing.writeHead(status, { 'content-type': 'application/json' });
    outgoing.end(json === undefined ? '' : JSON.stringify(json));
  });
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Name and password of an Authorization header. */
export function readBasic(authorization: string | undefined): { readonly username: string; readonly password: string } {
  const text = Buffer.from((authorization ?? '').replace(/^Basic /, ''), 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

async function readRequest(incoming: IncomingMessage): Promise<JsonRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    authorization: incoming.headers.authorization,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
