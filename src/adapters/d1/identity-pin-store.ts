import { runBatch, withRetries } from '#adapters/d1/batch';
import { mutationStatements } from '#adapters/d1/mutation';
import type { Mutation } from '#domain/events/mutation';
import type { IdentityPin } from '#domain/federation/identity-pin';
import type { IdentityPinStore } from '#domain/federation/identity-pin-store';

const SWEEP_LIMIT = 1_000;

export class D1IdentityPinStore implements IdentityPinStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async findFirstUse(token: Pick<IdentityPin, 'issuer' | 'fingerprint'>): Promise<number | undefined> {
    const query = this.#selectFirstUse(token);
    return (await withRetries(() => query.first<number>('first_used_at_ms'))) ?? undefined;
  }

  async pin(pin: IdentityPin): Promise<number> {
    const [, found] = await runBatch(this.#db, [
      this.#db
        .prepare(
          `insert into federated_identities (issuer, token_id, first_used_at_ms, expires_at_ms) values (?, ?, ?, ?)
             on conflict do nothing`,
        )
        .bind(pin.issuer, pin.fingerprint, pin.firstUsedAtMs, pin.keepUntilMs),
      this.#selectFirstUse(pin),
    ]);
    return ((found?.results ?? []) as { first_used_at_ms: number }[])[0]?.first_used_at_ms ?? pin.firstUsedAtMs;
  }

  async recordUse(uses: readonly Mutation[]): Promise<void> {
    await runBatch(
      this.#db,
      uses.flatMap((use) => mutationStatements(this.#db, use)),
    );
  }

  async sweep(nowMs: number): Promise<void> {
    const remove = this.#db
      .prepare(
        `delete from federated_identities where (issuer, token_id) in
           (select issuer, token_id from federated_identities where expires_at_ms <= ? limit ?)`,
      )
      .bind(nowMs, SWEEP_LIMIT);
    await withRetries(() => remove.run());
  }

  #selectFirstUse({ issuer, fingerprint }: Pick<IdentityPin, 'issuer' | 'fingerprint'>): D1PreparedStatement {
    return this.#db
      .prepare('select first_used_at_ms from federated_identities where issuer = ? and token_id = ?')
      .bind(issuer, fingerprint);
  }
}
