import { withRetries } from '#adapters/d1/batch';
import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard, guardProject } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { type ScannerRow, SELECT_SCANNER, toScanner } from '#adapters/d1/scanner-rows';
import type { Mutation } from '#domain/events/mutation';
import type { Project } from '#domain/projects/project';
import type { ProjectScannerStore } from '#domain/scanners/project-scanner-store';
import type { Scanner } from '#domain/scanners/scanner';

export class D1ProjectScannerStore implements ProjectScannerStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async find(project: Project): Promise<Scanner | undefined> {
    const uuid = `coalesce((select scanner_uuid from project_scanners where project_id = ?),
      (select uuid from scanner_registrations where is_default = 1))`;
    const query = this.#db.prepare(`${SELECT_SCANNER} where uuid = ${uuid}`).bind(project.id);
    const row = await withRetries(() => query.first<ScannerRow>());
    return row ? toScanner(row) : undefined;
  }

  choose(project: Project, uuid: string, mutation: Mutation): Promise<void> {
    const refusals: Refusals = {
      PROJECT_GONE: ['NOT_FOUND', `project ${project.name} not found`],
      SCANNER_GONE: ['NOT_FOUND', 'scanner not found'],
      SCANNER_DISABLED: ['BAD_REQUEST', 'the scanner is deactivated'],
    };
    const isThere = 'exists (select 1 from scanner_registrations where uuid = ?)';
    const isEnabled = 'exists (select 1 from scanner_registrations where uuid = ? and is_disabled = 0)';
    const put = `insert into project_scanners (project_id, scanner_uuid) values (?, ?)
      on conflict (project_id) do update set scanner_uuid = excluded.scanner_uuid`;
    return runGuarded(
      this.#db,
      [
        ...mutationStatements(this.#db, mutation),
        guardProject(this.#db, project.id),
        guard(this.#db, 'SCANNER_GONE', isThere, uuid),
        guard(this.#db, 'SCANNER_DISABLED', isEnabled, uuid),
        this.#db.prepare(put).bind(project.id, uuid),
      ],
      refusals,
    );
  }
}
