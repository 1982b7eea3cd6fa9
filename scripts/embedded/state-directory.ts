import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartupError } from '#scripts/embedded/startup-error';

/**
 * Everything the embedded server keeps:
 *
 *   lock           held by the process that serves this state, whose id is in lock.pid
 *   secret.key     encrypts secrets at rest; without it signing keys are lost
 *   bundle/        built workers, where the installation cannot keep them
 *   data/          D1, R2 and Durable Objects, as Miniflare lays them out
 *   logs/          the operational log, in rotation
 */
export interface StateDirectory {
  readonly root: string;
  readonly lockPath: string;
  readonly secretKeyPath: string;
  readonly bundlePath: string;
  readonly dataPath: string;
  readonly logsPath: string;
}

export function openStateDirectory(path: string): StateDirectory {
  const root = resolve(path);
  const directory = {
    root,
    lockPath: join(root, 'lock'),
    secretKeyPath: join(root, 'secret.key'),
    bundlePath: join(root, 'bundle'),
    dataPath: join(root, 'data'),
    logsPath: join(root, 'logs'),
  };
  try {
    mkdirSync(directory.dataPath, { recursive: true, mode: 0o700 });
    mkdirSync(directory.logsPath, { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw new StartupError(`${root} cannot be made a state folder${code}; choose another with --state`, {
      cause: error,
    });
  }
  return directory;
}
