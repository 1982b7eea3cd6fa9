import { runBatch, withRetries } from '#adapters/d1/batch';
import { GuardFailed, guard } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { AppError } from '#core/errors';
import type { ConfigurationStore } from '#domain/configuration/configuration-store';
import type { Mutation } from '#domain/events/mutation';

const OTHER_USERS = 'exists (select 1 from users where id > 1 and deleted_at_ms is null)';

export class D1ConfigurationStore implements ConfigurationStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async list(): Promise<ReadonlyMap<string, string>> {
    const query = this.#db.prepare('select key, value from properties');
    const { results } = await withRetries(() => query.all<{ key: string; value: string }>());
    return new Map(results.map(({ key, value }) => [key, value]));
  }

  async put(
    values: ReadonlyMap<string, string>,
    { isModeGuarded }: { readonly isModeGuarded: boolean },
    mutation: Mutation,
  ): Promise<void> {
    const upsert = this.#db
      .prepare(
        `insert into properties (key, value, updated_at_ms) select key, value, ?2 from json_each(?1) where true
           on conflict (key) do update set value = excluded.value, updated_at_ms = excluded.updated_at_ms`,
      )
      .bind(JSON.stringify(Object.fromEntries(values)), mutation.nowMs);
    const guards = isModeGuarded ? [guard(this.#db, 'USERS_EXIST', `not ${OTHER_USERS}`)] : [];
    try {
      await runBatch(this.#db, [...mutationStatements(this.#db, mutation), ...guards, upsert]);
    } catch (error) {
      if (!(error instanceof GuardFailed) || error.code !== 'USERS_EXIST') throw error;
      throw new AppError('BAD_REQUEST', {
        message: 'the auth mode cannot be modified as new users have been inserted into database',
      });
    }
  }

  async hasOtherUsers(): Promise<boolean> {
    const query = this.#db.prepare(`select ${OTHER_USERS} found`);
    return (await withRetries(() => query.first<{ found: number }>()))?.found === 1;
  }
}
