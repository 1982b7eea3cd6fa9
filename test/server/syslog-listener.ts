import { createServer, type Server, type Socket } from 'node:net';

export interface SyslogMessage {
  readonly priority: number;
  readonly timestamp: string;
  readonly hostname: string;
  readonly appName: string;
  readonly messageId: string;
  readonly sequenceId: number;
  /** What the text tells. */
  readonly told: Readonly<Record<string, unknown>>;
}

/** RFC 5424 §6, with the one element of structured data that is sent. */
const MESSAGE =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\S+) (\S+) - (\S+) \[meta sequenceId="(\d+)"\] (\{.*\})$/;

/** A receiver of syslog over TCP that reads frames of counted octets (RFC 6587 §3.4.1), and can go down. */
export class SyslogListener {
  readonly messages: SyslogMessage[] = [];
  /** Connections to hang up on before anything of theirs is read. */
  breaks = 0;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    const server = createServer({ pauseOnConnect: true }, (socket) => this.#receive(socket));
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.#port = address.port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  #receive(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    if (this.breaks > 0) {
      this.breaks--;
      // Late enough for something to wait unread.
      setTimeout(() => socket.destroy(), 100);
      return;
    }
    let pending: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      pending = this.#readFrames(Buffer.concat([pending, chunk]));
    });
    socket.on('end', () => {
      if (pending.length > 0) throw new Error(`half a frame: ${pending.toString().slice(0, 100)}`);
    });
    socket.resume();
  }

  #readFrames(bytes: Buffer): Buffer {
    let rest = bytes;
    for (;;) {
      const [prefix, digits] = /^([1-9]\d*) /.exec(rest.subarray(0, 12).toString()) ?? [];
      if (prefix === undefined || rest.length < prefix.length + Number(digits)) return rest;
      const end = prefix.length + Number(digits);
      this.messages.push(parse(rest.subarray(prefix.length, end).toString()));
      rest = rest.subarray(end);
    }
  }
}

function parse(text: string): SyslogMessage {
  const [, priority, timestamp = '', hostname = '', appName = '', messageId = '', sequenceId, json = ''] =
    MESSAGE.exec(text) ?? [];
  if (priority === undefined) throw new Error(`no message: ${text}`);
  const told = JSON.parse(json) as Record<string, unknown>;
  return {
    priority: Number(priority),
    timestamp,
    hostname,
    appName,
    messageId,
    sequenceId: Number(sequenceId),
    told,
  };
}
