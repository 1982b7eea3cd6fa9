import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  unstable_getMiniflareWorkerOptions as getMiniflareWorkerOptions,
  unstable_readConfig as readConfig,
  unstable_splitSqlQuery as splitSqlQuery,
} from 'wrangler';
import { listMigrationNames, type Migration } from '#scripts/embedded/migrations';

/*
 * Prints what wrangler makes of wrangler.toml, as JSON. A program of its own, because wrangler stays behind in the
 * memory of a process that loads it (about 130 MB), and the server runs for months.
 */

const configPath = 'wrangler.toml';

/** What the embedded server needs to know from wrangler.toml. */
export interface WranglerConfig {
  readonly name: string;
  readonly crons: readonly string[];
  readonly databaseBinding: string;
  readonly migrations: readonly Migration[];
  /** Options of Miniflare 4's form, without the worker's source. */
  readonly workerOptions: Readonly<Record<string, unknown>>;
}

function readWranglerConfig(): WranglerConfig {
  const config = readConfig({ config: configPath });
  const database = config.d1_databases[0];
  if (!config.name || !database?.migrations_dir) throw new Error('wrangler.toml names no worker or no D1 migrations');
  const { modulesRules: _, ...workerOptions } = getMiniflareWorkerOptions(configPath).workerOptions;
  const directory = database.migrations_dir;
  return {
    name: config.name,
    crons: config.triggers.crons ?? [],
    databaseBinding: database.binding,
    migrations: listMigrationNames(directory).map((name) => ({
      name,
      statements: splitSqlQuery(readFileSync(join(directory, name), 'utf8')),
    })),
    workerOptions,
  };
}

if (import.meta.main) process.stdout.write(JSON.stringify(readWranglerConfig()));
