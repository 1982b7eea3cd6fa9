import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adminToken, digestOf, pushBlob } from '#test/server/registry-requests';
import { adminPassword, start, until } from '#test/server/started-server';
import { temporaryDirectory } from '#test/server/temporary-directory';

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

/** Of the only blob. */
function soleObjectKey(stateDirectory: string): string {
  const directory = join(stateDirectory, 'data/d1/miniflare-D1DatabaseObject');
  const file = readdirSync(directory).find((name) => /^[0-9a-f]{64}\.sqlite$/.test(name)) ?? '';
  const database = new DatabaseSync(join(directory, file), { readOnly: true });
  const row = database.prepare('select object_key from blobs').get();
  database.close();
  return String(row?.['object_key']);
}

async function startedServer() {
  const stateDirectory = temporaryDirectory();
  const server = await start({ stateDirectory });
  return { stateDirectory, server, token: await adminToken(server.url, adminPassword) };
}

describe('npm start', { timeout: 300_000 }, () => {
  it('opens none of the doors that Miniflare has for developers', async () => {
    const { stateDirectory, server, token } = await startedServer();
    const blob = randomBytes(100);
    expect((await pushBlob(server.url, token, digestOf(blob), blob)).status).toBe(201);
    const challenge = await fetch(`${server.url}/v2/`, {
      headers: { 'mf-original-url': 'http://elsewhere.test/v2/', 'mf-cf-blob': '{' },
    });
    expect(challenge.status).toBe(401);
    expect(challenge.headers.get('www-authenticate')).toContain(`realm="${server.url}/service/token"`);
    const door = await fetch(`${server.url}/cdn-cgi/local/r2/public/roadstead-blobs/${soleObjectKey(stateDirectory)}`);
    expect(door.status).toBe(404);
    expect(await door.json()).toHaveProperty('errors.0.code', 'NOT_FOUND');
  });

  it('logs who asked for what, keeps secrets out, and finishes what is in flight when it is asked to stop', async () => {
    const { stateDirectory, server, token } = await startedServer();
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
    for (const secret of [token, adminPassword, 'secret-query', '203.0.113']) expect(text).not.toContain(secret);

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
