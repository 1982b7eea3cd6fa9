import type { Clock } from '#core/clock';
import type { AuditScope } from '#domain/audit/audit';
import type { AuditFilter, AuditPage, AuditStore } from '#domain/audit/audit-store';

/** A batch whose outcome is unknown is sent again within seconds; its entry must be there for much longer. */
const HIDDEN_RETENTION_MS = 60 * 60_000;

export interface AuditServiceDeps {
  readonly entries: AuditStore;
  readonly clock: Clock;
}

/** Who did what. */
export class AuditService {
  readonly #deps: AuditServiceDeps;

  constructor(deps: AuditServiceDeps) {
    this.#deps = deps;
  }

  list(scope: AuditScope, filter: AuditFilter, page: AuditPage): ReturnType<AuditStore['list']> {
    return this.#deps.entries.list(scope, filter, page);
  }

  /** Forgets entries that nobody was to see; the cron tick calls this. */
  async sweep(): Promise<void> {
    await this.#deps.entries.forgetHiddenBefore(this.#deps.clock.nowMs() - HIDDEN_RETENTION_MS);
  }
}
