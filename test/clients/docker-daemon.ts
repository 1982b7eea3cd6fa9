import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execute } from '#test/support/suites/command';
import { ProcessGroup } from '#test/support/suites/process-group';
import { searchPath, toolPath } from '#test/support/suites/tools';

const START_LIMIT_SECONDS = 60;

/** A dockerd of the suite's own. It runs no containers, so it needs neither network bridge nor overlay file system. */
export class DockerDaemon {
  readonly socket: string;
  readonly #group: ProcessGroup;

  private constructor(directory: string) {
    this.socket = `unix://${join(directory, 'docker.sock')}`;
    const flags = {
      '--host': this.socket,
      '--data-root': join(directory, 'data'),
      '--exec-root': join(directory, 'exec'),
      '--pidfile': join(directory, 'docker.pid'),
      '--storage-driver': 'vfs',
      '--bridge': 'none',
      '--iptables': 'false',
    };
    this.#group = new ProcessGroup(
      toolPath('dockerd'),
      Object.entries(flags).map(([flag, value]) => `${flag}=${value}`),
      { env: { PATH: searchPath().join(delimiter), HOME: directory }, logFile: join(directory, 'dockerd.log') },
    );
  }

  static async start(directory: string): Promise<DockerDaemon> {
    await mkdir(directory, { recursive: true });
    const daemon = new DockerDaemon(directory);
    const deadlineMs = performance.now() + START_LIMIT_SECONDS * 1000;
    while (!(await daemon.#answers())) {
      if (daemon.#group.hasEnded || performance.now() > deadlineMs) {
        await daemon.stop();
        throw new Error(`dockerd did not start (as root?); see ${join(directory, 'dockerd.log')} with KEEP_SCRATCH=1`);
      }
      await sleep(200);
    }
    return daemon;
  }

  stop(): Promise<void> {
    return this.#group.stop();
  }

  async #answers(): Promise<boolean> {
    const result = await execute(toolPath('docker'), ['--host', this.socket, 'version']);
    return result.exitCode === 0;
  }
}
