import { withRetries } from '#adapters/d1/batch';
import { conditions } from '#adapters/d1/conditions';
import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { listPage } from '#adapters/d1/page';
import type { Mutation } from '#domain/events/mutation';
import type { Registry, RegistryStatus } from '#domain/registries/registry';
import type { RegistryDraft, RegistryFilter, RegistryPage, RegistryStore } from '#domain/registries/registry-store';
import type { RegistryType } from '#domain/registries/registry-types';

interface RegistryRow {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly type: RegistryType;
  readonly url: string;
  readonly credential_type: string;
  readonly access_key: string;
  readonly sealed_access_secret: string | null;
  readonly is_insecure: number;
  readonly ca_certificate: string;
  readonly status: RegistryStatus;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const SELECT = `select id, name, description, type, url, credential_type, access_key, sealed_access_secret, is_insecure,
  ca_certificate, status, created_at_ms, updated_at_ms from registries`;

const COLUMN_OF = { id: 'id', name: 'name', creation_time: 'created_at_ms', update_time: 'updated_at_ms' } as const;

/** A registry is added by hand, so that there are few: no listing of them needs an index but that of names. */
export class D1RegistryStore implements RegistryStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  find(id: number): Promise<Registry | undefined> {
    return this.#first('id = ?', id);
  }

  findByName(name: string): Promise<Registry | undefined> {
    return this.#first('name = ?', name);
  }

  async list({ name, type, url }: RegistryFilter, page: RegistryPage) {
    const where = conditions([]).matching('name', name).matching('type', type).matching('url', url);
    const order = { column: COLUMN_OF[page.orderBy], isDescending: page.isDescending, tieBreaker: 'id' };
    const { rows, total } = await listPage<RegistryRow>(this.#db, { select: SELECT, where, order, page });
    return { items: rows.map(toRegistry), total };
  }

  async insert(draft: RegistryDraft, mutation: Mutation): Promise<void> {
    const insert = `insert into registries (name, description, type, url, credential_type, access_key, sealed_access_secret,
        is_insecure, ca_certificate, status, created_at_ms, updated_at_ms)
      values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'healthy', ?10, ?10)`;
    await this.#run(draft.name, mutation, [
      this.#guardName(draft.name, 0),
      this.#db.prepare(insert).bind(...columnsOf(draft), mutation.nowMs),
    ]);
  }

  async update(id: number, draft: RegistryDraft, mutation: Mutation): Promise<void> {
    const update = `update registries set name = ?1, description = ?2, type = ?3, url = ?4, credential_type = ?5,
        access_key = ?6, sealed_access_secret = ?7, is_insecure = ?8, ca_certificate = ?9, status = 'healthy',
        updated_at_ms = ?10
      where id = ?11`;
    await this.#run(draft.name, mutation, [
      this.#guardThere(id),
      this.#guardName(draft.name, id),
      this.#db.prepare(update).bind(...columnsOf(draft), mutation.nowMs, id),
    ]);
  }

  async delete({ id, name }: Registry, mutation: Mutation): Promise<void> {
    await this.#run(name, mutation, [
      this.#guardThere(id),
      this.#db.prepare('delete from registries where id = ?').bind(id),
    ]);
  }

  #guardThere(id: number): D1PreparedStatement {
    return guard(this.#db, 'REGISTRY_GONE', 'exists (select 1 from registries where id = ?)', id);
  }

  #guardName(name: string, id: number): D1PreparedStatement {
    const condition = 'not exists (select 1 from registries where name = ? and id <> ?)';
    return guard(this.#db, 'REGISTRY_TAKEN', condition, name, id);
  }

  async #first(condition: string, value: string | number): Promise<Registry | undefined> {
    const query = this.#db.prepare(`${SELECT} where ${condition}`).bind(value);
    const row = await withRetries(() => query.first<RegistryRow>());
    return row ? toRegistry(row) : undefined;
  }

  #run(name: string, mutation: Mutation, statements: readonly D1PreparedStatement[]): Promise<void> {
    const refusals: Refusals = {
      REGISTRY_GONE: ['NOT_FOUND', `registry ${name} not found`],
      REGISTRY_TAKEN: ['CONFLICT', `registry ${name} already exists`],
    };
    return runGuarded(this.#db, [...mutationStatements(this.#db, mutation), ...statements], refusals);
  }
}

function columnsOf(draft: RegistryDraft): readonly (string | number | null)[] {
  return [
    draft.name,
    draft.description,
    draft.type,
    draft.url,
    draft.credential?.type ?? '',
    draft.credential?.accessKey ?? '',
    draft.sealedSecret ?? null,
    draft.isInsecure ? 1 : 0,
    draft.caCertificate,
  ];
}

function toRegistry(row: RegistryRow): Registry {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    type: row.type,
    url: row.url,
    credential: row.access_key === '' ? undefined : { type: row.credential_type, accessKey: row.access_key },
    sealedSecret: row.sealed_access_secret ?? undefined,
    isInsecure: row.is_insecure === 1,
    caCertificate: row.ca_certificate,
    status: row.status,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
