import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Peer } from '#scripts/bench/peers/peer';
import { freePort, type ServerCommand, startServer, stopServer } from '#scripts/bench/processes';

export interface PeerRecipe {
  readonly name: string;
  /** Below it, the peer gets a state directory of its own. */
  readonly directory: string;
  /** Done once in the state directory before the first start. */
  prepare?(stateDir: string): Promise<void>;
  /** What to run, given the port and the state directory; may write its configuration there first. */
  command(port: number, stateDir: string): ServerCommand;
}

/** A peer whose process can be replaced. */
export interface StartedPeer extends Peer {
  readonly stateDir: string;
  /** Stops the server and starts it again on the same port and state: everything that lived in memory is gone. */
  restart(whileStopped?: () => Promise<void>): Promise<void>;
}

/** Starts a peer on a free loopback port with an empty state directory. */
export async function startPeer(recipe: PeerRecipe): Promise<StartedPeer> {
  const stateDir = await mkdtemp(join(recipe.directory, 'roadstead-bench-'));
  const port = await freePort();
  const start = () => startServer(recipe.command(port, stateDir));
  const begin = async () => {
    await recipe.prepare?.(stateDir);
    return start();
  };
  const removeState = () => rm(stateDir, { recursive: true, force: true, maxRetries: 3 });
  let child = await begin().catch(async (error: unknown) => {
    await removeState();
    throw error;
  });
  const peer: StartedPeer = {
    name: recipe.name,
    origin: `http://127.0.0.1:${port}`,
    stateDir,
    get pid() {
      return child.pid ?? 0;
    },
    async restart(whileStopped) {
      await stopServer(child);
      await whileStopped?.();
      child = await start();
    },
    async [Symbol.asyncDispose]() {
      running.delete(peer);
      await stopServer(child);
      await removeState();
    },
  };
  running.add(peer);
  return peer;
}

const running = new Set<StartedPeer>();

/** Stops whatever runs and removes its state when somebody interrupts the benchmarks. */
export function stopPeersOnInterrupt(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      await Promise.all([...running].map((peer) => peer[Symbol.asyncDispose]()));
      process.exit(130);
    });
  }
}
