import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type LaunchedServer, type LaunchOptions, startEmbedded } from '#scripts/embedded/launch';
import { adminToken, digestOf, pullBlob, pushBlob } from '#test/server/registry-requests';
import { temporaryDirectory } from '#test/server/temporary-directory';

const password = 'a password for this test';

/** As `npm start` starts it, and never left behind. */
async function start(options: LaunchOptions): Promise<LaunchedServer> {
  const server = await startEmbedded({ environment: { ROADSTEAD_ADMIN_PASSWORD: password }, ...options });
  onTestFinished(() => server.kill());
  return server;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (answer) => answer.ok,
    () => false,
  );
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 5_000;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error('it did not come to pass within 5 s');
    await sleep(50);
  }
}

interface LogLine {
  readonly requestId?: string;
  readonly [field: string]: unknown;
}

function readLog(stateDirectory: string): readonly LogLine[] {
  const text = readFileSync(join(stateDirectory, 'logs/roadstead.log'), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Of the only blob, as the database has it while no server runs. */
function soleObjectKey(stateDirectory: string): string {
  const directory = join(stateDirectory, 'data/d1/miniflare-D1DatabaseObject');
  const file = readdirSync(directory).find((name) => /^[0-9a-f]{64}\.sqlite$/.test(name)) ?? '';
  const database = new DatabaseSync(join(directory, file));
  const row = database.prepare('select object_key from blobs').get();
  database.close();
  return String(row?.['object_key']);
}

describe('npm start', { timeout: 120_000 }, () => {
  it('keeps its state over a stop and over a kill -9, and leaves no process behind', async () => {
    const stateDirectory = temporaryDirectory();
    const blobs = Array.from({ length: 2 }, () => randomBytes(20_000));

    const first = await start({ stateDirectory });
    await expect(start({ stateDirectory })).rejects.toThrow(`Another server (process ${first.pid}) uses this state`);
    const token = await adminToken(first.url, password);
    for (const blob of blobs.slice(0, 1)) {
      expect((await pushBlob(first.url, token, digestOf(blob), blob)).status).toBe(201);
    }
    expect(await first.stop()).toBe(0);
    expect(await answers(first.url)).toBe(false);

    const second = await start({ stateDirectory });
    for (const blob of blobs.slice(1)) {
      expect((await pushBlob(second.url, token, digestOf(blob), blob)).status).toBe(201);
    }
    await second.kill();
    await until(async () => !(await answers(second.url)));

    const third = await start({ stateDirectory, port: Number(new URL(second.url).port) });
    for (const blob of blobs) {
      expect(digestOf(await pullBlob(third.url, token, digestOf(blob)))).toBe(digestOf(blob));
    }
  });

  it('logs who asked for what, keeps secrets out, and finishes what is in flight when it is asked to stop', async () => {
    const stateDirectory = temporaryDirectory();
    const server = await start({ stateDirectory });
    const token = await adminToken(server.url, password);
    const answer = await fetch(`${server.url}/v2/library/server-test/tags/list?last=secret-query`, {
      headers: {
        authorization: `Bearer ${token}`,
        'x-request-id': 'request-1',
        'cf-connecting-ip': '203.0.113.7',
        'x-forwarded-for': '203.0.113.8',
      },
    });
    expect(answer.headers.get('x-request-id')).toBe('request-1');
    await until(() => readLog(stateDirectory).some((line) => line.requestId === 'request-1'));
    const line = readLog(stateDirectory).find((candidate) => candidate.requestId === 'request-1');
    expect(line).toMatchObject({
      kind: 'request',
      actor: 'admin',
      client: '127.0.0.1',
      method: 'GET',
      route: '/v2/:name{[\\s\\S]+}/tags/list',
      repository: 'library/server-test',
      status: answer.status,
    });
    const text = readFileSync(join(stateDirectory, 'logs/roadstead.log'), 'utf8');
    for (const secret of [token, password, 'secret-query', '203.0.113']) expect(text).not.toContain(secret);

    const chunks = Array.from({ length: 6 }, () => randomBytes(50_000));
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const upload = pushBlob(server.url, token, digestOf(Buffer.concat(chunks)), readable);
    const writer = writable.getWriter();
    await writer.write(chunks[0]);
    await sleep(100);
    const stopped = server.stop();
    for (const chunk of chunks.slice(1)) {
      await sleep(100);
      await writer.write(chunk);
    }
    await writer.close();
    expect((await upload).status).toBe(201);
    expect(await stopped).toBe(0);
  });

  it('opens none of the doors that Miniflare has for developers', async () => {
    const stateDirectory = temporaryDirectory();
    const server = await start({ stateDirectory });
    const token = await adminToken(server.url, password);
    const blob = randomBytes(100);
    expect((await pushBlob(server.url, token, digestOf(blob), blob)).status).toBe(201);
    const challenge = await fetch(`${server.url}/v2/`, {
      headers: { 'mf-original-url': 'http://elsewhere.test/v2/', 'mf-cf-blob': '{' },
    });
    expect(challenge.status).toBe(401);
    expect(challenge.headers.get('www-authenticate')).toContain(`realm="${server.url}/service/token"`);
    await server.stop();
    const key = soleObjectKey(stateDirectory);
    const again = await start({ stateDirectory });
    const door = await fetch(`${again.url}/cdn-cgi/local/r2/public/roadstead-blobs/${key}`);
    expect(door.status).toBe(404);
    expect(await door.json()).toHaveProperty('errors.0.code', 'NOT_FOUND');
  });

  it('says so when the port is taken', async () => {
    const rival = createServer();
    onTestFinished(() => void rival.close());
    const port = await new Promise<number>((resolve) => {
      rival.listen(0, '127.0.0.1', () => resolve((rival.address() as { readonly port: number }).port));
    });
    await expect(start({ stateDirectory: temporaryDirectory(), port })).rejects.toThrow(
      `127.0.0.1:${port} is in use; choose another with --port`,
    );
  });
});
