import { z } from 'zod';
import type { RulePermission, TrustRule } from '#domain/federation/trust-rule';

export const SELECT_RULE = `select r.*, p.name as project from trust_rules r
  join projects p on p.id = r.project_id and p.deleted_at_ms is null`;

export interface TrustRuleRow {
  readonly id: number;
  readonly project_id: number;
  readonly project: string;
  readonly name: string;
  readonly description: string;
  readonly issuer: string;
  readonly audience: string;
  readonly conditions: string;
  readonly permissions: string;
  readonly lifetime_seconds: number;
  readonly is_disabled: number;
  readonly security_version: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const conditionsSchema = z.array(z.object({ claim: z.string(), pattern: z.string() }));
const permissionsSchema = z.array(
  z.object({
    repositoryPattern: z.string().optional(),
    access: z.array(z.object({ resource: z.string(), action: z.string() })),
  }),
);

export function toTrustRule(row: TrustRuleRow): TrustRule {
  return {
    id: row.id,
    projectId: row.project_id,
    project: row.project,
    name: row.name,
    description: row.description,
    issuer: row.issuer,
    audience: row.audience,
    conditions: conditionsSchema.parse(JSON.parse(row.conditions)),
    permissions: permissionsSchema.parse(JSON.parse(row.permissions)).map(toPermission),
    lifetimeSeconds: row.lifetime_seconds,
    isDisabled: row.is_disabled === 1,
    securityVersion: row.security_version,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

/** What was written had been checked; a resource that no longer exists grants nothing. */
function toPermission({ repositoryPattern, access }: z.infer<typeof permissionsSchema>[number]): RulePermission {
  return { repositoryPattern, access: access as RulePermission['access'] };
}
