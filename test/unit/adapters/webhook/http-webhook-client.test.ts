import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpWebhookClient } from '#adapters/webhook/http-webhook-client';

let server: Server | undefined;
const client = new HttpWebhookClient({ fetch: (url, init) => fetch(url, init) });

/** Sends one message to a real listener that answers so. */
async function sendTo(listener: RequestListener) {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return client.send({ address: `http://127.0.0.1:${port}/in`, headers: { 'x-a': 'b' }, body: '{}' });
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

describe('a delivery', () => {
  it('is posted', async () => {
    const seen: unknown[] = [];
    const answer = await sendTo((request, response) => {
      seen.push(request.method, request.url, request.headers['x-a']);
      response.writeHead(204).end();
    });
    expect([answer, seen]).toEqual([{ status: 204, excerpt: '' }, ['POST', '/in', 'b']]);
  });

  it('follows no redirect', async () => {
    let requests = 0;
    const answer = await sendTo((_, response) => {
      requests++;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect([answer, requests]).toEqual([{ status: 307, excerpt: '' }, 1]);
  });

  it('tells the beginning of a refusal, on one line', async () => {
    const answer = await sendTo((_, response) => {
      response.writeHead(500).end(`no\r\n\tservice\u0007 ${'x'.repeat(10_000)}`);
    });
    expect(answer).toEqual({ status: 500, excerpt: `no service ${'x'.repeat(245)}` });
  });

  it('reads no more than the beginning of an answer that never ends', async () => {
    for (const status of [200, 500]) {
      let written = 0;
      const answer = await sendTo((_, response) => {
        response.writeHead(status);
        const chunk = Buffer.alloc(65_536, 'x');
        const more = () => {
          for (;;) {
            written += chunk.length;
            if (!response.write(chunk)) break;
          }
        };
        response.on('drain', more);
        more();
      });
      expect(answer).toMatchObject({ status });
      // What fits the buffers between, and not the gigabyte there would be.
      expect(written).toBeLessThan(32 * 2 ** 20);
      server?.closeAllConnections();
    }
  });

  it('gives up on a target that does not answer, or does not go on, after three seconds', async () => {
    expect(await sendTo(() => undefined)).toEqual({ problem: 'timeout' });
    const stalled = await sendTo((_, response) => response.writeHead(500).write('be'));
    expect(stalled).toEqual({ status: 500, excerpt: 'be' });
  });

  it('says when nobody is there', async () => {
    expect(await client.send({ address: 'http://127.0.0.1:1/', headers: {}, body: '' })).toEqual({
      problem: 'unreachable',
    });
  });
});
