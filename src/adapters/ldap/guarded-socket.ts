import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { messageLength, sanitizeMessage } from '#adapters/ldap/ldap-message';

/** Most bytes one connection may answer: 4 MiB. A thousand entries with a name and an address have 300 KiB. */
const MAX_ANSWER_BYTES = 4 * 2 ** 20;

/** Most messages one connection may answer: a search of a thousand entries has 1,001, a thousand searches of groups 2,000. */
const MAX_ANSWERS = 4_000;

/** An open connection as the client library takes it: whole, well-formed messages, and not too many of them. */
export class GuardedSocket extends Duplex {
  /** What the library looks at to see that there is nothing to wait for. */
  readonly connecting = false;
  readonly readyState = 'open';
  /** Why the connection broke. */
  failure: Error | undefined;
  readonly #socket: Socket;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #awaitedBytes = 0;
  #answeredBytes = 0;
  #answers = 0;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    socket.on('error', (error) => this.abort(error));
    socket.on('close', () => this.destroy());
  }

  /** Breaks the connection for a reason. */
  abort(reason: Error): void {
    this.failure ??= reason;
    this.destroy(reason);
  }

  override _read(): void {
    // Messages are pushed as they come; how many there may be is bounded.
  }

  override _write(chunk: Uint8Array, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#pending = [];
    this.#socket.destroy();
    done(error);
  }

  #receive(chunk: Uint8Array): void {
    if (this.destroyed) return;
    this.#answeredBytes += chunk.length;
    this.#pendingBytes += chunk.length;
    this.#pending.push(chunk);
    if (this.#answeredBytes > MAX_ANSWER_BYTES) this.abort(new Error('the answer is larger than 4 MiB'));
    // A message in many chunks is put together once.
    else if (this.#pendingBytes >= this.#awaitedBytes) this.#forwardOrAbort();
  }

  #forwardOrAbort(): void {
    try {
      this.#forward(Buffer.concat(this.#pending));
    } catch (error) {
      this.abort(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #forward(received: Uint8Array): void {
    let rest = received;
    for (;;) {
      const length = messageLength(rest);
      if (length === undefined || length > rest.length) {
        this.#pending = [rest];
        this.#pendingBytes = rest.length;
        this.#awaitedBytes = length ?? 0;
        return;
      }
      this.#answers += 1;
      if (this.#answers > MAX_ANSWERS) throw new Error(`the answer has more than ${MAX_ANSWERS} messages`);
      const message = sanitizeMessage(rest.subarray(0, length));
      if (message) this.push(message);
      rest = rest.subarray(length);
    }
  }
}
