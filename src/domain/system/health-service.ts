import type { Clock } from '#core/clock';
import type { MigrationStore } from '#domain/system/migration-store';

/** The newest migration this code was written for; the last file in `migrations/`. */
export const EXPECTED_MIGRATION = '0016_garbage-collection.sql';

/** How long an answer is given again, in milliseconds: anybody may ask, and asking costs a query. */
const REPORT_TTL_MS = 5_000;

/** Harbor's components that are this Worker itself, and so are well when it answers. */
const PARTS_OF_THE_WORKER = ['jobservice', 'portal', 'redis', 'registryctl'] as const;

export interface ComponentHealth {
  readonly name: string;
  /** What is wrong; undefined when nothing is. */
  readonly error?: string | undefined;
}

export interface HealthServiceDeps {
  readonly migrations: MigrationStore;
  /** Rejects when the object store does not answer. */
  readonly probeStorage: () => Promise<unknown>;
  /** Why no login is served; undefined when they are. */
  readonly loginProblem: string | undefined;
  readonly clock: Clock;
}

/** How the parts are that Harbor would run as components. */
export class HealthService {
  readonly #deps: HealthServiceDeps;
  #last: { readonly report: readonly ComponentHealth[]; readonly atMs: number } | undefined;

  constructor(deps: HealthServiceDeps) {
    this.#deps = deps;
  }

  /** Sorted by name; never rejects. */
  async report(): Promise<readonly ComponentHealth[]> {
    const nowMs = this.#deps.clock.nowMs();
    if (this.#last && nowMs - this.#last.atMs < REPORT_TTL_MS) return this.#last.report;
    const [database, registry] = await Promise.all([this.#databaseProblem(), this.#storageProblem()]);
    const report = [
      { name: 'core', error: this.#deps.loginProblem },
      { name: 'database', error: database },
      { name: 'registry', error: registry },
      ...PARTS_OF_THE_WORKER.map((name) => ({ name })),
    ].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#last = { report, atMs: nowMs };
    return report;
  }

  async #databaseProblem(): Promise<string | undefined> {
    try {
      const newest = await this.#deps.migrations.newest();
      if (newest !== undefined && newest >= EXPECTED_MIGRATION) return undefined;
      return `the schema is at ${newest ?? 'no migration'}, this version expects ${EXPECTED_MIGRATION}: run the migrations`;
    } catch {
      return 'the database does not answer';
    }
  }

  async #storageProblem(): Promise<string | undefined> {
    try {
      await this.#deps.probeStorage();
      return undefined;
    } catch {
      return 'the object store does not answer';
    }
  }
}
