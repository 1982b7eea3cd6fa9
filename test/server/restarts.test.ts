import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { adminToken, digestOf, pullBlob, pushBlob } from '#test/server/registry-requests';
import { adminPassword, start, until } from '#test/server/started-server';
import { temporaryDirectory } from '#test/server/temporary-directory';

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (answer) => answer.ok,
    () => false,
  );
}

describe('npm start, again and again', { timeout: 300_000 }, () => {
  it('keeps its state over a stop and over a kill -9, and leaves no process behind', async () => {
    const stateDirectory = temporaryDirectory();
    const blobs = Array.from({ length: 2 }, () => randomBytes(20_000));

    const first = await start({ stateDirectory });
    await expect(start({ stateDirectory })).rejects.toThrow(`Another server (process ${first.pid}) uses this state`);
    const token = await adminToken(first.url, adminPassword);
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
});
