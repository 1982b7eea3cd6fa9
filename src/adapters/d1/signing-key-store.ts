import { runBatch, withRetries } from '#adapters/d1/batch';
import type { SigningKey } from '#domain/access/signing-key';
import type { SigningKeyStore } from '#domain/access/signing-key-store';

interface SigningKeyRow {
  readonly kid: string;
  readonly algorithm: string;
  readonly public_jwk: string;
  readonly sealed_private_jwk: string;
  readonly created_at_ms: number;
  readonly retired_at_ms: number | null;
}

export class D1SigningKeyStore implements SigningKeyStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async list(retiredAfterMs: number): Promise<readonly SigningKey[]> {
    const query = this.#db
      .prepare(
        `select kid, algorithm, public_jwk, sealed_private_jwk, created_at_ms, retired_at_ms from signing_keys
           where retired_at_ms is null or retired_at_ms > ? order by created_at_ms desc`,
      )
      .bind(retiredAfterMs);
    const { results } = await withRetries(() => query.all<SigningKeyRow>());
    return results.map(toSigningKey);
  }

  async insertIfNoneInUse(key: SigningKey): Promise<void> {
    await runBatch(this.#db, [this.#insertIfNoneInUse(key)]);
  }

  async replace(kid: string, next: SigningKey): Promise<void> {
    const retire = this.#db
      .prepare('update signing_keys set retired_at_ms = ? where kid = ? and retired_at_ms is null')
      .bind(next.createdAtMs, kid);
    await runBatch(this.#db, [retire, this.#insertIfNoneInUse(next)]);
  }

  #insertIfNoneInUse(key: SigningKey): D1PreparedStatement {
    return this.#db
      .prepare(
        `insert into signing_keys (kid, algorithm, public_jwk, sealed_private_jwk, created_at_ms)
           select ?, ?, ?, ?, ? where not exists (select 1 from signing_keys where retired_at_ms is null)`,
      )
      .bind(key.kid, key.algorithm, key.publicJwk, key.sealedPrivateJwk, key.createdAtMs);
  }
}

function toSigningKey(row: SigningKeyRow): SigningKey {
  return {
    kid: row.kid,
    algorithm: row.algorithm,
    publicJwk: row.public_jwk,
    sealedPrivateJwk: row.sealed_private_jwk,
    createdAtMs: row.created_at_ms,
    retiredAtMs: row.retired_at_ms ?? undefined,
  };
}
