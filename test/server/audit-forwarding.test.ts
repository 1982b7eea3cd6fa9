import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { type LaunchedServer, startEmbedded } from '#scripts/embedded/launch';
import { SyslogListener } from '#test/server/syslog-listener';
import { temporaryDirectory } from '#test/server/temporary-directory';

const password = 'a password for this test';
const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
const PATIENCE = { timeout: 150_000, interval: 500 };

let listener: SyslogListener;
let made = 0;

async function start(stateDirectory: string): Promise<LaunchedServer> {
  const environment = { ROADSTEAD_ADMIN_PASSWORD: password, EXTERNAL_URL: 'https://registry.example.com' };
  const server = await startEmbedded({ environment, stateDirectory });
  onTestFinished(() => server.kill());
  return server;
}

async function send(server: LaunchedServer, method: string, path: string, body: unknown): Promise<Response> {
  const response = await fetch(`${server.url}/api/v2.0${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response;
}

/** Makes labels, each of which is an entry of the log; answers their names. */
async function makeLabels(server: LaunchedServer, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, () => `label-${++made}`);
  for (const name of names) expect((await send(server, 'POST', '/labels', { name, scope: 'g' })).status).toBe(201);
  return names;
}

const labelsTold = () =>
  listener.messages.filter(({ messageId }) => messageId === 'create_label').map(({ told }) => told);

/** Everything has been told, first in the order in which it happened. */
async function expectTold(server: LaunchedServer, names: readonly string[]): Promise<void> {
  const countTold = async () => {
    // Changes nothing, and has what is due tried again before the next tick would.
    await send(server, 'POST', '/nothing', {});
    return new Set(labelsTold().map(({ resource }) => resource)).size;
  };
  await expect.poll(countTold, PATIENCE).toBe(names.length);
  expect([...new Set(labelsTold().map(({ resource }) => resource))]).toEqual(names);
}

afterEach(() => listener.stop());

describe('npm start forwards the audit log', { timeout: 400_000 }, () => {
  it('to a receiver of syslog, which may come and go as it likes', async () => {
    listener = new SyslogListener();
    await listener.start();
    const server = await start(temporaryDirectory());
    const endpoint = { audit_log_forward_endpoint: `127.0.0.1:${listener.port}` };
    expect((await send(server, 'PUT', '/configurations', endpoint)).status).toBe(200);
    const names = await makeLabels(server, 3);
    await expectTold(server, names);
    expect(listener.messages[0]).toMatchObject({
      priority: 110,
      hostname: 'registry.example.com',
      appName: 'audit',
      messageId: 'update_configuration',
      told: { username: 'admin', operation_result: true },
    });
    for (const { timestamp, sequenceId, told } of listener.messages) {
      expect([told['op_time'], told['id']]).toEqual([timestamp, sequenceId]);
    }

    await listener.stop();
    names.push(...(await makeLabels(server, 20)));
    await listener.start();
    names.push(...(await makeLabels(server, 1)));
    await expectTold(server, names);

    listener.breaks = 2;
    names.push(...(await makeLabels(server, 5)));
    await expectTold(server, names);

    await listener.stop();
    expect((await send(server, 'PUT', '/configurations', { audit_log_forward_endpoint: '127.0.0.1:1' })).status).toBe(
      400,
    );
  });

  it('over a kill -9 of the server', async () => {
    listener = new SyslogListener();
    await listener.start();
    const stateDirectory = temporaryDirectory();
    const first = await start(stateDirectory);
    const settings = { audit_log_forward_endpoint: `127.0.0.1:${listener.port}`, skip_audit_log_database: true };
    expect((await send(first, 'PUT', '/configurations', settings)).status).toBe(200);
    // Killed before it sends, and about when it does.
    const names: string[] = [];
    let server = first;
    for (const delayMs of [0, 1_050]) {
      names.push(...(await makeLabels(server, 5)));
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await server.kill();
      server = await start(stateDirectory);
    }
    names.push(...(await makeLabels(server, 1)));
    await expectTold(server, names);
    const listed = await fetch(`${server.url}/api/v2.0/audit-logs?q=resource_type%3Dlabel`, {
      headers: { authorization },
    });
    expect(await listed.json()).toEqual([]);
  });
});
