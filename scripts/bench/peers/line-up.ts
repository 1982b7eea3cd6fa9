import { startBareWorker } from '#scripts/bench/peers/bare-worker';
import { startDockerRegistry } from '#scripts/bench/peers/docker-registry';
import type { Peer, RegistryPeer } from '#scripts/bench/peers/peer';
import { type Roadstead, startRoadstead } from '#scripts/bench/peers/roadstead';

export interface LineUp extends AsyncDisposable {
  readonly bareWorker: Peer;
  readonly roadstead: Roadstead;
  /** Undefined where it is not installed. */
  readonly dockerRegistry: RegistryPeer | undefined;
  /** Those that speak the registry protocol. */
  readonly registries: readonly RegistryPeer[];
}

/** Starts a fresh server of every kind. */
export async function startLineUp(directory: string): Promise<LineUp> {
  await using started = new AsyncDisposableStack();
  const bareWorker = started.use(await startBareWorker(directory));
  const dockerRegistry = started.use(await startDockerRegistry(directory));
  const roadstead = started.use(await startRoadstead(directory));
  const all = started.move();
  return {
    bareWorker,
    dockerRegistry,
    roadstead,
    registries: dockerRegistry === undefined ? [roadstead] : [dockerRegistry, roadstead],
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
