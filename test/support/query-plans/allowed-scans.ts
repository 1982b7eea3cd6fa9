import type { Scan } from '#test/support/query-plans/scans';

/** Tables that stay small whatever the registry holds, and why; all others grow. */
const SMALL_TABLES: Readonly<Record<string, string>> = {
  d1_migrations: 'a row a migration',
  garbage_candidates: 'what garbage collection has not taken yet',
  guards: 'always empty',
  hidden_audit_events: 'a row a type of event',
  paused_queues: 'a row a kind of work',
  properties: 'a row a setting',
  registries: 'what administrators set up by hand',
  scanner_registrations: 'what administrators set up by hand',
  schedules: 'what administrators set up by hand',
  signing_keys: 'one in use, and those that were',
  statistics: 'one row',
};

/** Indexes, or tables in the order of their ids, that a statement may read from one end when it is cut off by `limit`. */
const CUT_OFF: Readonly<Record<string, string>> = {
  outbox: 'the first events that wait, in the order of their commits',
  doomed_objects_pending: 'objects that garbage collection has not deleted yet, as many as one call takes',
  audit_log_at: 'the log of the whole registry in the order of time, its first 10,000 entries',
  projects_live_created: 'a page of all projects',
  projects_live_id: 'a page of all projects',
  projects_live_name: 'a page of all projects',
  projects_live_updated: 'a page of all projects',
  projects_path: 'repositories by their full names, project by project',
  quotas: 'a page of all quotas',
  quotas_created: 'a page of all quotas',
  quotas_hard: 'a page of all quotas',
  quotas_updated: 'a page of all quotas',
  quotas_used: 'a page of all quotas',
  repositories_newest: 'a page of all repositories',
  user_groups: 'a page of all groups',
  users_live_created: 'a page of all accounts',
  users_live_id: 'a page of all accounts',
  users_live_updated: 'a page of all accounts',
  users_live_username: 'a page of all accounts, or the first 10,000 names',
};

/** Indexes of which few entries are ever there. */
const SMALL_INDEXES: Readonly<Record<string, string>> = {
  repositories_detached: 'repositories that are still to be removed',
  users_administrators: 'administrators',
};

export function isAllowed({ table, index }: Scan, sql: string): boolean {
  if (table in SMALL_TABLES || (index ?? '') in SMALL_INDEXES) return true;
  return (index ?? table) in CUT_OFF && /\blimit\b/i.test(sql);
}
