import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type CommandOptions, run, runRefused } from '#test/support/suites/command';
import { searchPath, type Tool, toolPath } from '#test/support/suites/tools';

/** A command-line client that shares neither configuration nor credentials nor images with any other. */
export class Client {
  readonly home: string;
  readonly #path: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(tool: Tool, home: string, env: Readonly<Record<string, string>>) {
    this.#path = toolPath(tool);
    this.home = home;
    this.#env = {
      HOME: home,
      PATH: searchPath().join(delimiter),
      TMPDIR: join(home, 'tmp'),
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_DATA_HOME: join(home, 'data'),
      XDG_CACHE_HOME: join(home, 'cache'),
      XDG_RUNTIME_DIR: join(home, 'run'),
      DOCKER_CONFIG: join(home, 'docker'),
      REGISTRY_AUTH_FILE: join(home, 'auth.json'),
      CONTAINERS_STORAGE_CONF: join(home, 'storage.conf'),
      ...env,
    };
  }

  static async open(tool: Tool, home: string, env: Readonly<Record<string, string>>): Promise<Client> {
    for (const name of ['tmp', 'run', 'docker']) await mkdir(join(home, name), { recursive: true });
    await writeFile(join(home, 'storage.conf'), storageConfiguration(home));
    // podman takes a credentials file that is named but missing for an error.
    const credentials = join(home, 'auth.json');
    if (!existsSync(credentials)) await writeFile(credentials, '{}');
    return new Client(tool, home, env);
  }

  /** Runs the tool; answers what it printed on its standard output. */
  run(args: readonly string[], options: CommandOptions = {}): Promise<string> {
    return run(this.#path, args, { ...options, env: { ...this.#env, ...options.env } });
  }

  /** Runs the tool, which must fail and say `reason`. */
  refused(args: readonly string[], reason: RegExp, options: CommandOptions = {}): Promise<void> {
    return runRefused(this.#path, args, reason, { ...options, env: { ...this.#env, ...options.env } });
  }
}

/** Where podman and buildah keep images: as root they would share the machine's own store. */
function storageConfiguration(home: string): string {
  const lines = ['[storage]', 'driver = "vfs"', `graphroot = "${join(home, 'images')}"`];
  return [...lines, `runroot = "${join(home, 'run', 'images')}"`, ''].join('\n');
}
