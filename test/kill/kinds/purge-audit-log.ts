import type { ApiClient } from '#test/kill/api-client';
import type { KillKind, StoppedState } from '#test/kill/kill-kind';
import type { TaskState } from '#test/kill/task-states';

const OLD_ENTRIES = 200_000;
const YOUNG_ENTRIES = 1_000;
const DAY_MS = 24 * 60 * 60_000;

const SEED = `
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
  INSERT INTO audit_log (operation_id, operation, resource_type, resource, username, description, is_success, at_ms)
  SELECT ?2 || i, 'create', 'artifact', 'killed/purge', 'admin', 'seeded', 1, ?3 - i FROM n`;
const COUNT = `SELECT count(*) AS count FROM audit_log WHERE resource = 'killed/purge' AND at_ms < ?`;

/** Entries of the audit log that are older than a month go, the younger ones stay. */
export class PurgeAuditLog implements KillKind {
  readonly vendorType = 'PURGE_AUDIT_LOG';
  #rounds = 0;

  async prepare(): Promise<void> {
    this.#rounds++;
  }

  seed(state: StoppedState): void {
    const nowMs = Date.now();
    state.change((database) => {
      database.prepare(SEED).run(OLD_ENTRIES, `old-${this.#rounds}-`, nowMs - 40 * DAY_MS);
      database.prepare(SEED).run(YOUNG_ENTRIES, `young-${this.#rounds}-`, nowMs - 20 * DAY_MS);
    });
  }

  async begin(api: ApiClient): Promise<void> {
    const parameters = { audit_retention_hour: 30 * 24, dry_run: false, include_event_types: 'create_artifact' };
    await api.send('POST', '/system/purgeaudit/schedule', { schedule: { type: 'Manual' }, parameters });
  }

  verify(state: StoppedState, [task]: readonly TaskState[]): string {
    const nowMs = Date.now();
    const count = (beforeMs: number) =>
      state.change((database) => Number(database.prepare(COUNT).get(beforeMs)?.['count']));
    const old = count(nowMs - 30 * DAY_MS);
    const young = count(nowMs) - old;
    const { purged } = task?.results ?? {};
    if (old !== 0) throw new Error(`${old} old entries are left`);
    if (young !== this.#rounds * YOUNG_ENTRIES) throw new Error(`${young} young entries are left`);
    if (purged !== OLD_ENTRIES) throw new Error(`${purged} entries were purged by its own count, of ${OLD_ENTRIES}`);
    return `${OLD_ENTRIES} entries of the audit log purged, by its own count too; ${YOUNG_ENTRIES} younger ones left`;
  }
}
