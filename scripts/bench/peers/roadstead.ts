import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RegistryPeer } from '#scripts/bench/peers/peer';
import { startPeer } from '#scripts/bench/peers/start-peer';
import type { SeedSize } from '#scripts/seed/rows';
import { seedState } from '#scripts/seed/seed-state';

const START = fileURLToPath(new URL('../../start.ts', import.meta.url));
const PASSWORD = 'a password for the benchmarks';

/** Credentials of the administrator, as an Authorization header. */
export const ADMIN_BASIC = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`;

export interface Roadstead extends RegistryPeer {
  /** The file the server writes one JSON line a request to. */
  readonly logFile: string;
  readonly stateDir: string;
  /** What is done while it is stopped may change its state. */
  restart(whileStopped?: () => Promise<void>): Promise<void>;
}

export interface RoadsteadOptions {
  /** Rows that are there before it starts. */
  readonly seed?: SeedSize;
}

/** Roadstead exactly as `npm start` runs it. */
export async function startRoadstead(directory: string, { seed }: RoadsteadOptions = {}): Promise<Roadstead> {
  const peer = await startPeer({
    name: 'Roadstead',
    directory,
    ...(seed && { prepare: (stateDir: string) => seedState(stateDir, seed) }),
    command: (port, stateDir) => ({
      command: process.execPath,
      args: [START, '--host', '127.0.0.1', '--port', String(port), '--state', stateDir],
      env: { ROADSTEAD_ADMIN_PASSWORD: PASSWORD },
      readyUrl: `http://127.0.0.1:${port}/v2/`,
    }),
  });
  return Object.assign(peer, {
    logFile: join(peer.stateDir, 'logs', 'roadstead.log'),
    authorize: (...repositories: readonly string[]) => fetchToken(peer.origin, repositories),
  });
}

/** Path and query of the request for a token that may push to and pull from the repositories. */
export function tokenPath(repositories: readonly string[]): string {
  const query = new URLSearchParams({ service: 'harbor-registry' });
  for (const repository of repositories) query.append('scope', `repository:${repository}:pull,push`);
  return `/service/token?${query}`;
}

async function fetchToken(origin: string, repositories: readonly string[]): Promise<string> {
  const response = await fetch(origin + tokenPath(repositories), { headers: { authorization: ADMIN_BASIC } });
  if (!response.ok) throw new Error(`the token service answered ${response.status}: ${await response.text()}`);
  const { token } = (await response.json()) as { readonly token: string };
  return `Bearer ${token}`;
}
