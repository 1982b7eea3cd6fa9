/**
 * What goes when a project without repositories goes. Its row stays, as the audit log names it; its name is free again.
 * Labels take their places on artifacts with them, and repositories that nobody ever pushed to their trash.
 */
export function projectRemovals(db: D1Database, projectId: number, nowMs: number): D1PreparedStatement[] {
  return [
    ...REMOVALS.map((sql) => db.prepare(sql).bind(projectId)),
    db
      .prepare(
        `update projects set name = name || '#' || id, deleted_at_ms = ?1, updated_at_ms = ?1,
           security_version = security_version + 1 where id = ?2`,
      )
      .bind(nowMs, projectId),
  ];
}

const REMOVALS = [
  // Links of blobs that no manifest ever needed: dropping them leaves the blobs to garbage collection.
  'delete from repository_blobs where repository_id in (select id from repositories where project_id = ?1)',
  'delete from repositories where project_id = ?1',
  'delete from repository_aliases where project_id = ?1',
  'delete from project_aliases where project_id = ?1',
  'delete from robot_permissions where project_id = ?1 or robot_id in (select id from robots where project_id = ?1)',
  'delete from robots where project_id = ?1',
  'delete from project_members where project_id = ?1',
  'delete from project_metadata where project_id = ?1',
  'delete from cve_allowlists where project_id = ?1',
  'delete from project_scanners where project_id = ?1',
  'delete from labels where project_id = ?1',
  'delete from immutable_rules where project_id = ?1',
  // With their deliveries and runs, be they under way.
  `delete from executions where vendor_type in ('WEBHOOK', 'SLACK')
     and vendor_id in (select id from webhook_policies where project_id = ?1)`,
  'delete from webhook_policies where project_id = ?1',
  `delete from executions where vendor_type = 'RETENTION'
     and vendor_id in (select id from retention_policies where project_id = ?1)`,
  `delete from schedules where vendor_type = 'RETENTION'
     and vendor_id in (select id from retention_policies where project_id = ?1)`,
  'delete from retention_policies where project_id = ?1',
  'delete from trust_rules where project_id = ?1',
  // After the links of blobs, which are counted against it.
  'delete from quotas where project_id = ?1',
] as const;
