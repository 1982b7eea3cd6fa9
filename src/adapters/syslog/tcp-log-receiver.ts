import { connect } from 'cloudflare:sockets';
import type { LogEndpoint } from '#domain/audit/log-endpoint';
import type { LogReceiver } from '#domain/audit/log-receiver';

/** How long a connection may take to come, and a batch to be taken, in milliseconds. */
const CONNECT_MS = 5_000;
const SEND_MS = 15_000;
/** How long the other side may take to hang up once it has all; then it is left to its habits. */
const HANG_UP_MS = 3_000;

/**
 * Syslog over TCP, messages framed by counting their octets (RFC 6587 §3.4.1). The protocol has no receipt. So each batch
 * has a connection of its own, whose end says so: once our side is closed, a receiver that has read everything closes its
 * own, while one that went down with something unread makes the connection break.
 */
export class TcpLogReceiver implements LogReceiver {
  async isThere(endpoint: LogEndpoint): Promise<boolean> {
    try {
      await (await open(endpoint)).close();
      return true;
    } catch {
      return false;
    }
  }

  async send(endpoint: LogEndpoint, messages: readonly string[]): Promise<void> {
    const socket = await open(endpoint);
    try {
      await within(SEND_MS, 'the receiver does not take what it is sent', write(socket, messages.map(frame).join('')));
      await hungUp(socket);
    } finally {
      await socket.close().catch(() => undefined);
    }
  }
}

/** Messages are ASCII: a character is an octet. */
function frame(message: string): string {
  return `${message.length} ${message}`;
}

async function open({ host, port }: LogEndpoint): Promise<Socket> {
  const hostname = host.includes(':') ? `[${host}]` : host;
  const socket = connect({ hostname, port }, { secureTransport: 'off', allowHalfOpen: true });
  // Rejects with the connection; whoever reads or writes hears of it.
  socket.closed.catch(() => undefined);
  try {
    await within(CONNECT_MS, 'no connection in time', socket.opened);
    return socket;
  } catch (error) {
    await socket.close().catch(() => undefined);
    throw error;
  }
}

async function write(socket: Socket, text: string): Promise<void> {
  const writer = socket.writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}

/** Whatever a receiver says is passed over. */
async function hungUp(socket: Socket): Promise<void> {
  const reader = socket.readable.getReader();
  const untilEnd = async () => {
    while (!(await reader.read()).done);
  };
  const { promise: waited, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, HANG_UP_MS);
  try {
    await Promise.race([untilEnd(), waited]);
  } finally {
    clearTimeout(timer);
  }
}

async function within<T>(limitMs: number, problem: string, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(problem)), limitMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
