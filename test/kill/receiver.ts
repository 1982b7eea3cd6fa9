import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A delivery as it arrived. */
export interface Received {
  readonly path: string;
  readonly deliveryId: string;
  readonly body: string;
}

/** Listens for webhooks on this machine; holds its answers back for as long as it is told to. */
export class Receiver {
  readonly received: Received[] = [];
  isHolding = false;
  /** Paths of requests without an answer whose senders still wait. */
  readonly #held = new Map<symbol, string>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const path = request.url ?? '';
      const deliveryId = String(request.headers['x-roadstead-delivery']);
      this.received.push({ path, deliveryId, body: await text(request) });
      const id = Symbol(deliveryId);
      if (this.isHolding) this.#held.set(id, path);
      else response.end();
      response.on('close', () => this.#held.delete(id));
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  isHoldingAt(path: string): boolean {
    return [...this.#held.values()].includes(path);
  }

  /** What arrived at a path, in its order. */
  at(path: string): readonly Received[] {
    return this.received.filter((each) => each.path === path);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
