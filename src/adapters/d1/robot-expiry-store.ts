import { runBatch, withRetries } from '#adapters/d1/batch';
import { GuardFailed, guard } from '#adapters/d1/guards';
import { outboxStatement } from '#adapters/d1/mutation';
import type { ExpiringRobot, RobotExpiring, RobotExpiryStore } from '#domain/robots/robot-expiry-store';

interface ExpiringRow {
  readonly id: number;
  readonly name: string;
  readonly project_id: number;
  readonly project_name: string | null;
  readonly expires_at_ms: number;
}

/** What the index `robots_expiry` is of. */
const UNANNOUNCED = 'expires_at_ms is not null and announced_expiry_ms is not expires_at_ms';

export class D1RobotExpiryStore implements RobotExpiryStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async findUnannounced(fromMs: number, untilMs: number, limit: number): Promise<readonly ExpiringRobot[]> {
    const query = this.#db
      .prepare(
        `select r.id, r.name, r.project_id, p.name project_name, r.expires_at_ms
         from robots r indexed by robots_expiry left join projects p on p.id = r.project_id
         where ${UNANNOUNCED} and r.expires_at_ms > ? and r.expires_at_ms <= ? and r.is_disabled = 0
           and p.deleted_at_ms is null order by r.expires_at_ms limit ?`,
      )
      .bind(fromMs, untilMs, limit);
    const { results } = await withRetries(() => query.all<ExpiringRow>());
    return results.map(toExpiringRobot);
  }

  async announce(events: readonly RobotExpiring[]): Promise<boolean> {
    const isUnannounced = `exists (select 1 from robots where id = ? and expires_at_ms = ? and ${UNANNOUNCED})`;
    const statements = events.flatMap((event) => [
      guard(this.#db, 'ROBOT_ANNOUNCED', isUnannounced, event.robotId, event.expiresAtMs),
      outboxStatement(this.#db, event.atMs, event),
      this.#db.prepare('update robots set announced_expiry_ms = expires_at_ms where id = ?').bind(event.robotId),
    ]);
    try {
      await runBatch(this.#db, statements);
      return true;
    } catch (error) {
      if (error instanceof GuardFailed && error.code === 'ROBOT_ANNOUNCED') return false;
      throw error;
    }
  }
}

function toExpiringRobot(row: ExpiringRow): ExpiringRobot {
  return {
    id: row.id,
    name: row.name,
    project: row.project_name === null ? undefined : { id: row.project_id, name: row.project_name },
    expiresAtMs: row.expires_at_ms,
  };
}
