import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { type LaunchedServer, type LaunchOptions, startEmbedded } from '#scripts/embedded/launch';

export const adminPassword = 'a password for this test';

/** As `npm start` starts it, and never left behind. */
export async function start(options: LaunchOptions): Promise<LaunchedServer> {
  const server = await startEmbedded({ environment: { ROADSTEAD_ADMIN_PASSWORD: adminPassword }, ...options });
  onTestFinished(() => server.kill());
  return server;
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 5_000;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error('it did not come to pass within 5 s');
    await sleep(50);
  }
}
