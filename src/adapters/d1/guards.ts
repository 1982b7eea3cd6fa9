import type { AppError } from '#core/errors';
import { type AuthMode, DEFAULTS } from '#domain/configuration/catalog';
import { RulesChanged } from '#domain/immutability/judgement';
import { TaskLost } from '#domain/jobs/task-lost';
import { QuotaExceeded } from '#domain/quotas/quota';

/**
 * Preconditions inside a batch. A D1 batch is one transaction, and an update that matches no row does not abort it; so
 * a precondition is a statement that inserts its code into the table `guards` when it does *not* hold, where a trigger
 * raises it (migrations/0001). It writes nothing when it holds.
 */
export type GuardCode =
  | 'PROJECT_GONE'
  | 'PROJECT_NOT_EMPTY'
  | 'NAME_TAKEN'
  | 'NAME_IS_ALIAS'
  | 'NAME_TOO_LONG'
  | 'NAME_CHANGED'
  | 'REPOSITORY_MOVED'
  | 'METADATA_TAKEN'
  | 'METADATA_GONE'
  | 'REPOSITORY_GONE'
  | 'LOCK_LOST'
  | 'BLOB_NOT_LINKED'
  | 'BLOB_NOT_AVAILABLE'
  | 'BLOB_IN_USE'
  | 'ARTIFACT_GONE'
  | 'ARTIFACT_REFERENCED'
  | 'TAG_GONE'
  | 'TAG_TAKEN'
  | 'TAGS_CHANGED'
  | 'USERS_EXIST'
  | 'MODE_CHANGED'
  | 'USER_GONE'
  | 'USER_CHANGED'
  | 'USERNAME_TAKEN'
  | 'EMAIL_TAKEN'
  | 'LAST_ADMINISTRATOR'
  | 'GROUP_GONE'
  | 'GROUP_TAKEN'
  | 'MEMBER_GONE'
  | 'MEMBER_TAKEN'
  | 'ROBOT_GONE'
  | 'ROBOT_TAKEN'
  | 'ROBOT_ANNOUNCED'
  | 'SESSION_GONE'
  | 'RULE_GONE'
  | 'RULE_TAKEN'
  | 'TOO_MANY_RULES'
  | 'RULES_CHANGED'
  | 'IDENTITY_TAKEN'
  | 'LABEL_GONE'
  | 'LABEL_TAKEN'
  | 'LABEL_ATTACHED'
  | 'LABEL_NOT_ATTACHED'
  | 'TOO_MANY_LABELS'
  | 'REGISTRY_GONE'
  | 'REGISTRY_TAKEN'
  | 'QUOTA_GONE'
  | 'TRASH_GONE'
  | 'SCANNER_GONE'
  | 'SCANNER_TAKEN'
  | 'SCANNER_DEFAULT'
  | 'SCANNER_DISABLED'
  | 'RETENTION_TAKEN'
  | 'RETENTION_GONE'
  | 'CANDIDATE_CHANGED'
  | 'TASK_LOST'
  | 'EXECUTION_GONE'
  | 'SCHEDULE_TAKEN'
  | 'SCHEDULE_GONE'
  | 'WEBHOOK_GONE'
  | 'WEBHOOK_TAKEN'
  | 'WEBHOOK_CHANGED'
  | 'TOO_MANY_WEBHOOKS'
  | 'EVENTS_CONSUMED'
  | 'GARBAGE_CHANGED'
  | 'ARTIFACT_WANTED';

/** A batch that was rolled back because one of its preconditions did not hold. */
export class GuardFailed extends Error {
  readonly code: GuardCode;

  constructor(code: GuardCode) {
    super(`guard ${code} did not hold`);
    this.name = 'GuardFailed';
    this.code = code;
  }
}

/**
 * A statement that aborts its batch with `code` unless `condition`, an SQL expression over `bindings`, is true.
 *
 * @example guard(db, 'PROJECT_GONE', 'exists (select 1 from projects where id = ?1 and deleted_at_ms is null)', id)
 */
export function guard(db: D1Database, code: GuardCode, condition: string, ...bindings: unknown[]): D1PreparedStatement {
  return db.prepare(`insert into guards (code) select '${code}' where not (${condition})`).bind(...bindings);
}

/** Aborts the batch with PROJECT_GONE unless the project is there and not deleted. */
export function guardProject(db: D1Database, projectId: number): D1PreparedStatement {
  return guard(db, 'PROJECT_GONE', 'exists (select 1 from projects where id = ? and deleted_at_ms is null)', projectId);
}

/**
 * Aborts the batch unless the repository is in the project in which it was authorized: PROJECT_GONE when that is deleted,
 * REPOSITORY_MOVED when the repository is somewhere else, or nowhere.
 */
export function guardRepository(db: D1Database, repositoryId: number, projectId: number): D1PreparedStatement {
  return db.prepare(GUARD_REPOSITORY).bind(repositoryId, projectId);
}

const GUARD_REPOSITORY = `insert into guards (code)
  select iif(exists (select 1 from projects where id = ?2 and deleted_at_ms is null), 'REPOSITORY_MOVED', 'PROJECT_GONE')
  where not exists (select 1 from repositories r join projects p on p.id = r.project_id
    where r.id = ?1 and p.id = ?2 and p.deleted_at_ms is null)`;

/** What the trigger `quotas_exceeded` says: the limit, and the usage before and after, in bytes. */
const QUOTA_FIGURES = /guard:QUOTA_EXCEEDED (\d+) (\d+) (\d+)/;

/**
 * The guard that made D1 reject, if it was one. A quota is refused, a task lost, and rules changed, alike whatever the batch was
 * about.
 */
export function failedGuard(error: unknown): GuardFailed | AppError | TaskLost | RulesChanged | undefined {
  if (!(error instanceof Error)) return undefined;
  const [figures, hardBytes, usedBytes, wantedBytes] = QUOTA_FIGURES.exec(error.message) ?? [];
  if (figures !== undefined) {
    const quota = { hardBytes: Number(hardBytes), usedBytes: Number(usedBytes) };
    return new QuotaExceeded(quota, Number(wantedBytes) - Number(usedBytes));
  }
  const code = /guard:([A-Z_]+)/.exec(error.message)?.[1];
  if (code === 'TASK_LOST') return new TaskLost({ cause: error });
  if (code === 'RULES_CHANGED') return new RulesChanged({ cause: error });
  return code === undefined ? undefined : new GuardFailed(code as GuardCode);
}

/** Aborts the batch with USER_GONE unless the account is there and not deleted. */
export function guardUser(db: D1Database, userId: number): D1PreparedStatement {
  return guard(db, 'USER_GONE', 'exists (select 1 from users where id = ? and deleted_at_ms is null)', userId);
}

/** Aborts the batch with MODE_CHANGED unless people log in by `mode`, as the configuration says; it may be 10 s old elsewhere. */
export function guardMode(db: D1Database, mode: AuthMode): D1PreparedStatement {
  const current = `coalesce((select value from properties where key = 'auth_mode'), ?2)`;
  return guard(db, 'MODE_CHANGED', `${current} = ?1`, JSON.stringify(mode), JSON.stringify(DEFAULTS.auth_mode));
}
