import { buildWorker } from '#scripts/embedded/build-worker';
import { applyMigrations } from '#scripts/embedded/migrations';
import { OperationalLog } from '#scripts/embedded/operational-log';
import { Runtime } from '#scripts/embedded/runtime';
import { openStateDirectory } from '#scripts/embedded/state-directory';
import { StateLock } from '#scripts/embedded/state-lock';
import { migrationOptions } from '#scripts/embedded/worker-options';
import { garbageStatements, type SeededGarbage } from '#scripts/seed/garbage-rows';
import { type SeedSize, type SeedStatement, seedStatements } from '#scripts/seed/rows';

/** Fills a state that no server is using with rows of a registry of that size; it must not hold them already. */
export function seedState(stateDirectory: string, size: SeedSize): Promise<void> {
  return insertRows(stateDirectory, seedStatements(size));
}

/** Adds garbage to a seeded state that no server is using. */
export function fillWithGarbage(stateDirectory: string, garbage: SeededGarbage): Promise<void> {
  return insertRows(stateDirectory, garbageStatements(garbage));
}

async function insertRows(stateDirectory: string, statements: readonly SeedStatement[]): Promise<void> {
  const state = openStateDirectory(stateDirectory);
  const lock = StateLock.acquire(state.lockPath);
  const log = new OperationalLog({ directory: state.logsPath });
  const runtime = new Runtime();
  try {
    const { facts: config } = await buildWorker(state.bundlePath);
    await runtime.start(migrationOptions({ state, config, log }));
    const database = await runtime.database(config.databaseBinding);
    await applyMigrations(database, config.migrations);
    for (const { sql, bindings } of statements)
      await database
        .prepare(sql)
        .bind(...bindings)
        .run();
  } finally {
    await runtime.stop();
    log.close();
    lock.release();
  }
}
