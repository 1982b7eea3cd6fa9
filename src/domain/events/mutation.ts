import type { Clock } from '#core/clock';
import { newId } from '#core/ids';
import type { Actor, AuditEntry } from '#domain/audit/audit';
import type { RecordedEvent } from '#domain/events/event';

/** What commits together with a change: the audit row and the events, under one operation id. */
export interface Mutation {
  /** Names the deed, so that a batch whose outcome is unknown can be sent again without happening twice. */
  readonly operationId: string;
  readonly actor: Actor;
  readonly nowMs: number;
  readonly audit: AuditEntry;
  readonly events: readonly RecordedEvent[];
  /** Of what was tried and changed nothing. */
  readonly isFailure?: boolean;
}

/** A deed that nobody but the audit log hears of. */
export function newMutation(audit: AuditEntry, actor: Actor, clock: Clock): Mutation {
  return { operationId: newId(), actor, nowMs: clock.nowMs(), audit, events: [] };
}
