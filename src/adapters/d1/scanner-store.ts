import { withRetries } from '#adapters/d1/batch';
import { conditions } from '#adapters/d1/conditions';
import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { listPage } from '#adapters/d1/page';
import { type ScannerRow, SELECT_SCANNER, toScanner } from '#adapters/d1/scanner-rows';
import type { Mutation } from '#domain/events/mutation';
import type { Scanner } from '#domain/scanners/scanner';
import type { ScannerDraft, ScannerFilter, ScannerPage, ScannerStore } from '#domain/scanners/scanner-store';

const COLUMN_OF = {
  // The flag above every time there will be, in milliseconds.
  is_default: '(is_default << 50) + created_at_ms',
  name: 'name',
  url: 'url',
  disabled: 'is_disabled',
  uuid: 'uuid',
  create_time: 'created_at_ms',
  update_time: 'updated_at_ms',
} as const;

/** A scanner is added by hand, so that there are few: no listing of them needs an index. */
export class D1ScannerStore implements ScannerStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async find(uuid: string): Promise<Scanner | undefined> {
    const query = this.#db.prepare(`${SELECT_SCANNER} where uuid = ?`).bind(uuid);
    const row = await withRetries(() => query.first<ScannerRow>());
    return row ? toScanner(row) : undefined;
  }

  async list(filter: ScannerFilter, page: ScannerPage) {
    const where = conditions(filter.isEnabledOnly ? ['is_disabled = 0'] : [])
      .matching('uuid', filter.uuid)
      .matching('name', filter.name)
      .matching('description', filter.description)
      .matching('url', filter.url)
      .matching('auth', filter.auth)
      .matching('is_disabled', filter.disabled)
      .matching('is_default', filter.is_default)
      .matching('created_at_ms', filter.create_time)
      .matching('updated_at_ms', filter.update_time);
    const order = { column: COLUMN_OF[page.orderBy], isDescending: page.isDescending, tieBreaker: 'uuid' };
    const { rows, total } = await listPage<ScannerRow>(this.#db, { select: SELECT_SCANNER, where, order, page });
    return { items: rows.map(toScanner), total };
  }

  async insert(draft: ScannerDraft, mutation: Mutation): Promise<void> {
    const insert = `insert into scanner_registrations (uuid, name, description, url, auth, sealed_credential, is_disabled,
        skips_certificate_check, uses_internal_address, is_default, created_at_ms, updated_at_ms)
      select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
        ?7 = 0 and not exists (select 1 from scanner_registrations), ?10, ?10`;
    await this.#run(draft, mutation, [
      this.#guardFree(draft),
      this.#db.prepare(insert).bind(...columnsOf(draft), mutation.nowMs),
    ]);
  }

  async update(draft: ScannerDraft, mutation: Mutation): Promise<void> {
    const update = `update scanner_registrations set name = ?2, description = ?3, url = ?4, auth = ?5, sealed_credential = ?6,
        is_disabled = ?7, skips_certificate_check = ?8, uses_internal_address = ?9, updated_at_ms = ?10
      where uuid = ?1`;
    const isNoDefault = 'exists (select 1 from scanner_registrations where uuid = ? and is_default = 0)';
    await this.#run(draft, mutation, [
      this.#guardThere(draft.uuid),
      this.#guardFree(draft),
      ...(draft.isDisabled ? [guard(this.#db, 'SCANNER_DEFAULT', isNoDefault, draft.uuid)] : []),
      this.#db.prepare(update).bind(...columnsOf(draft), mutation.nowMs),
    ]);
  }

  async makeDefault(scanner: Scanner, mutation: Mutation): Promise<void> {
    const isEnabled = 'exists (select 1 from scanner_registrations where uuid = ? and is_disabled = 0)';
    await this.#run(scanner, mutation, [
      guard(this.#db, 'SCANNER_DISABLED', isEnabled, scanner.uuid),
      // One after the other, as there are never two.
      this.#db.prepare('update scanner_registrations set is_default = 0 where is_default = 1'),
      this.#db.prepare('update scanner_registrations set is_default = 1 where uuid = ?').bind(scanner.uuid),
    ]);
  }

  async delete(scanner: Scanner, mutation: Mutation): Promise<void> {
    await this.#run(scanner, mutation, [
      this.#guardThere(scanner.uuid),
      this.#db.prepare('delete from project_scanners where scanner_uuid = ?').bind(scanner.uuid),
      this.#db.prepare('delete from scanner_registrations where uuid = ?').bind(scanner.uuid),
    ]);
  }

  #guardThere(uuid: string): D1PreparedStatement {
    return guard(this.#db, 'SCANNER_GONE', 'exists (select 1 from scanner_registrations where uuid = ?)', uuid);
  }

  #guardFree({ uuid, name, url }: ScannerDraft): D1PreparedStatement {
    const taken = (column: string, value: string) =>
      `exists (select 1 from scanner_registrations where ${column} = ${value} and uuid <> ?3)`;
    const condition = `not ${taken('name', '?1')} and not ${taken('url', '?2')}`;
    return guard(this.#db, 'SCANNER_TAKEN', condition, name, url, uuid);
  }

  #run(
    { uuid, name }: Pick<Scanner, 'uuid' | 'name'>,
    mutation: Mutation,
    statements: readonly D1PreparedStatement[],
  ): Promise<void> {
    const refusals: Refusals = {
      SCANNER_GONE: ['NOT_FOUND', `scanner ${uuid} not found`],
      SCANNER_TAKEN: ['CONFLICT', 'registration name or url already exists'],
      SCANNER_DEFAULT: ['BAD_REQUEST', `default registration ${name} can not be deactivated`],
      SCANNER_DISABLED: ['NOT_FOUND', `registration ${uuid} not found, or it is deactivated`],
    };
    return runGuarded(this.#db, [...mutationStatements(this.#db, mutation), ...statements], refusals);
  }
}

function columnsOf(draft: ScannerDraft): readonly (string | number | null)[] {
  return [
    draft.uuid,
    draft.name,
    draft.description,
    draft.url,
    draft.auth,
    draft.sealedCredential ?? null,
    draft.isDisabled ? 1 : 0,
    draft.skipsCertificateCheck ? 1 : 0,
    draft.usesInternalAddress ? 1 : 0,
  ];
}
