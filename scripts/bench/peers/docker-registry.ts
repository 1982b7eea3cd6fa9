import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RegistryPeer } from '#scripts/bench/peers/peer';
import { startPeer } from '#scripts/bench/peers/start-peer';

const COMMAND = 'docker-registry';

/** First line of `docker-registry --version`, or undefined when it is not installed. */
export function dockerRegistryVersion(): string | undefined {
  const { status, stdout } = spawnSync(COMMAND, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** Debian's docker-registry on the same disk, open to everybody and all but silent; undefined when not installed. */
export async function startDockerRegistry(directory: string): Promise<RegistryPeer | undefined> {
  if (dockerRegistryVersion() === undefined) return undefined;
  const peer = await startPeer({
    name: COMMAND,
    directory,
    command: (port, stateDir) => {
      const configuration = join(stateDir, 'config.yml');
      writeFileSync(configuration, configurationFor(port, stateDir));
      return { command: COMMAND, args: ['serve', configuration], readyUrl: `http://127.0.0.1:${port}/v2/` };
    },
  });
  return Object.assign(peer, { authorize: async () => undefined });
}

function configurationFor(port: number, stateDir: string): string {
  return JSON.stringify({
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(stateDir, 'data') },
      cache: { blobdescriptor: 'inmemory' },
      delete: { enabled: true },
    },
    http: { addr: `127.0.0.1:${port}` },
  });
}
