import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a delivery brought. */
export interface Delivery {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A program that is told by webhooks, as somebody would write one. */
export class WebhookReceiver {
  readonly deliveries: Delivery[] = [];
  /** The status a delivery is answered with. */
  answer: (delivery: Delivery) => number = () => 200;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const delivery = { path: request.url ?? '', headers: request.headers, body };
        receiver.deliveries.push(delivery);
        response.writeHead(receiver.answer(delivery)).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Deliveries of pushes to a path once there are so many; throws when they do not come. */
  async pushes(path: string, count: number, withinMs = 60_000): Promise<readonly Delivery[]> {
    return this.#received(
      `pushes told to ${path}`,
      (delivery) => delivery.path === path && delivery.headers['x-roadstead-event'] === 'PUSH_ARTIFACT',
      count,
      withinMs,
    );
  }

  /** The first delivery that tells of a pull of what a text names; throws when none comes. */
  async pull(text: string): Promise<Delivery | undefined> {
    const isIt = ({ headers, body }: Delivery) =>
      headers['x-roadstead-event'] === 'PULL_ARTIFACT' && body.includes(text);
    return (await this.#received(`pulls of ${text} told`, isIt, 1, 60_000))[0];
  }

  async #received(
    what: string,
    isWanted: (delivery: Delivery) => boolean,
    count: number,
    withinMs: number,
  ): Promise<readonly Delivery[]> {
    const untilMs = Date.now() + withinMs;
    for (;;) {
      const found = this.deliveries.filter(isWanted);
      if (found.length >= count) return found;
      if (Date.now() > untilMs) throw new Error(`${found.length} ${what}, expected ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Whether a delivery was signed with the secret: what docs/webhooks.md tells receivers to do. */
export function isSigned({ headers, body }: Delivery, secret: string): boolean {
  const signed = `${headers['x-roadstead-delivery']}.${headers['x-roadstead-timestamp']}.${body}`;
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(signed).digest('hex')}`);
  const given = Buffer.from(String(headers['x-roadstead-signature']));
  return given.length === expected.length && timingSafeEqual(given, expected);
}
