import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a client may take to close its connection. */
const LEAVING_LIMIT_SECONDS = 30;

const BIND_REQUEST = 0x60;
const SEARCH_REQUEST = 0x63;

/** What the directory does once its search account has bound. */
export const MISCHIEFS = ['says-nothing', 'never-stops', 'huge-message', 'lying-length', 'hangs-up'] as const;

/** Or no more than what nobody asked for. */
export type Mischief = (typeof MISCHIEFS)[number] | 'lying-controls';

/** A directory that lets the search account in and then does not behave; on a loopback port of its own. */
export class FakeDirectory {
  readonly url: string;
  /** What it does from now on. */
  mischief: Mischief;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, port: number, mischief: Mischief) {
    this.#server = server;
    this.mischief = mischief;
    this.url = `ldap://127.0.0.1:${port}`;
  }

  static start(mischief: Mischief): Promise<FakeDirectory> {
    const { promise, resolve, reject } = Promise.withResolvers<FakeDirectory>();
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('no port'));
      const directory = new FakeDirectory(server, address.port, mischief);
      server.on('connection', (socket) => directory.#serve(socket));
      resolve(directory);
    });
    return promise;
  }

  /** Returns when every connection is closed; throws when one stays open. */
  async untilLeft(): Promise<void> {
    const deadlineMs = performance.now() + LEAVING_LIMIT_SECONDS * 1000;
    while (this.#sockets.size > 0) {
      if (performance.now() > deadlineMs) throw new Error(`${this.#sockets.size} connections stay open`);
      await sleep(5);
    }
  }

  stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (request: Buffer) => this.#answer(socket, request));
  }

  #answer(socket: Socket, request: Buffer): void {
    const [id, operation] = readRequest(request);
    if (operation === BIND_REQUEST) socket.write(success(id, 0x61));
    else if (operation === SEARCH_REQUEST) misbehave(socket, id, this.mischief);
    // Somebody who unbinds, or who does not speak LDAP.
    else socket.destroy();
  }
}

function misbehave(socket: Socket, id: number, mischief: Mischief): void {
  switch (mischief) {
    case 'says-nothing':
      break;
    case 'never-stops':
      flood(socket, Buffer.concat(Array.from({ length: 500 }, (_, index) => entry(id, `cn=${index}`))));
      break;
    case 'huge-message':
      // The length promises 2 GiB.
      socket.write(Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]));
      flood(socket, Buffer.alloc(65_536));
      break;
    case 'lying-length':
      // A set of values that claims to be longer than the message.
      socket.write(
        message(id, tlv(0x64, tlv(4, 'cn=a'), tlv(0x30, tlv(0x30, tlv(4, 'uid'), Buffer.from([0x31, 0x7f]))))),
      );
      break;
    case 'lying-controls':
      socket.write(Buffer.concat([entry(id, 'cn=a'), success(id, 0x65, Buffer.from([0xa0, 0x02, 0x30, 0x7f]))]));
      break;
    case 'hangs-up':
      socket.destroy();
  }
}

/** Writes the same again and again for as long as somebody reads. */
function flood(socket: Socket, bytes: Buffer): void {
  const next = () => {
    if (!socket.destroyed) socket.write(bytes, () => setImmediate(next));
  };
  next();
}

/** The id and the operation of a short request; zeros for anything else. */
function readRequest(request: Buffer): readonly [number, number] {
  if (request[0] !== 0x30) return [0, 0];
  const bodyAt = (request[1] ?? 0) < 0x80 ? 2 : 2 + ((request[1] ?? 0) & 0x7f);
  const idLength = request[bodyAt + 1] ?? 1;
  return [request.readUIntBE(bodyAt + 2, idLength), request[bodyAt + 2 + idLength] ?? 0];
}

function entry(id: number, dn: string): Buffer {
  const uid = tlv(0x30, tlv(4, 'uid'), tlv(0x31, tlv(4, 'someone')));
  return message(id, tlv(0x64, tlv(4, dn), tlv(0x30, uid)));
}

function success(id: number, operation: number, ...controls: Buffer[]): Buffer {
  return message(id, tlv(operation, tlv(0x0a, Buffer.from([0])), tlv(4, ''), tlv(4, '')), ...controls);
}

function message(id: number, ...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, tlv(2, Buffer.from([id])), ...parts);
}

/** One element of the Basic Encoding Rules, of at most 127 bytes. */
function tlv(tag: number, ...content: readonly (Buffer | string)[]): Buffer {
  const value = Buffer.concat(content.map((part) => Buffer.from(part as string)));
  return Buffer.concat([Buffer.from([tag, value.length]), value]);
}
