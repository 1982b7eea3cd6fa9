import { fileURLToPath } from 'node:url';
import type { Peer } from '#scripts/bench/peers/peer';
import { startPeer } from '#scripts/bench/peers/start-peer';

const SERVER = fileURLToPath(new URL('bare-worker-server.ts', import.meta.url));

/** A worker that only pipes: PUT into `R2.put`, GET out of `R2.get`. What Roadstead loses against it is its own cost. */
export function startBareWorker(directory: string): Promise<Peer> {
  return startPeer({
    name: 'bare worker',
    directory,
    command: (port, stateDir) => ({
      command: process.execPath,
      args: [SERVER, String(port), stateDir],
      readyUrl: `http://127.0.0.1:${port}/absent`,
    }),
  });
}
