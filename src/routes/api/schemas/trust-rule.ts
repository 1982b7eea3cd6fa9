import { z } from '@hono/zod-openapi';
import { AppError } from '#core/errors';
import type { Action, Resource } from '#core/rbac/resources';
import type { RulePermission, TrustRule, TrustRuleDraft } from '#domain/federation/trust-rule';
import {
  MAX_ACCESS,
  MAX_CONDITIONS,
  MAX_LIFETIME_SECONDS,
  MAX_PATTERN_LENGTH,
  MAX_PERMISSIONS,
  MIN_LIFETIME_SECONDS,
} from '#domain/federation/trust-rule-draft';
import { toTimestamp } from '#routes/api/schemas/common';

const conditionSchema = z
  .object({
    claim: z.string().openapi({ description: 'name of a claim, or a JSON pointer into the claims' }),
    pattern: z.string().openapi({
      description: `* is any text, / and : included; ? is one character; at most ${MAX_PATTERN_LENGTH} characters`,
    }),
  })
  .openapi('TrustRuleCondition');

const permissionSchema = z
  .object({
    namespace: z
      .string()
      .max(512)
      .openapi({ description: 'the project, or the project and a glob of its repositories: `team/app/**`' }),
    access: z.array(z.object({ resource: z.string().max(64), action: z.string().max(64) })).max(MAX_ACCESS),
  })
  .openapi('TrustRulePermission');

export const trustRuleReqSchema = z
  .object({
    name: z.string(),
    description: z.string().max(1_024).default(''),
    issuer: z.string(),
    audience: z.string(),
    conditions: z.array(conditionSchema).max(MAX_CONDITIONS).openapi({ description: 'all must hold' }),
    permissions: z.array(permissionSchema).max(MAX_PERMISSIONS),
    lifetime_seconds: z
      .int()
      .default(MAX_LIFETIME_SECONDS / 4)
      .openapi({
        description: `from the first use of a token, ${MIN_LIFETIME_SECONDS} to ${MAX_LIFETIME_SECONDS}`,
      }),
    disable: z.boolean().default(false),
  })
  .openapi('TrustRuleReq');

export const trustRuleSchema = trustRuleReqSchema
  .extend({ id: z.int(), creation_time: z.iso.datetime(), update_time: z.iso.datetime() })
  .openapi('TrustRule');

/** BAD_REQUEST for a namespace that is not of the project. Whether the rest makes sense, the service says. */
export function toTrustRuleDraft(request: z.infer<typeof trustRuleReqSchema>, project: string): TrustRuleDraft {
  return {
    name: request.name,
    description: request.description,
    issuer: request.issuer,
    audience: request.audience,
    conditions: request.conditions,
    permissions: request.permissions.map((permission) => toPermission(permission, project)),
    lifetimeSeconds: request.lifetime_seconds,
    isDisabled: request.disable,
  };
}

function toPermission({ namespace, access }: z.infer<typeof permissionSchema>, project: string): RulePermission {
  const [owner, ...rest] = namespace.split('/');
  if (owner !== project) {
    throw new AppError('BAD_REQUEST', { message: `the namespace ${namespace} is not of the project ${project}` });
  }
  return {
    repositoryPattern: rest.length === 0 ? undefined : rest.join('/'),
    // Only what machines may be given passes the service.
    access: access.map(({ resource, action }) => ({ resource: resource as Resource, action: action as Action })),
  };
}

export function toTrustRuleDto(rule: TrustRule): z.infer<typeof trustRuleSchema> {
  return {
    id: rule.id,
    name: rule.name,
    description: rule.description,
    issuer: rule.issuer,
    audience: rule.audience,
    conditions: rule.conditions.map(({ claim, pattern }) => ({ claim, pattern })),
    permissions: rule.permissions.map(({ repositoryPattern, access }) => ({
      namespace: repositoryPattern === undefined ? rule.project : `${rule.project}/${repositoryPattern}`,
      access: access.map(({ resource, action }) => ({ resource, action })),
    })),
    lifetime_seconds: rule.lifetimeSeconds,
    disable: rule.isDisabled,
    creation_time: toTimestamp(rule.createdAtMs),
    update_time: toTimestamp(rule.updatedAtMs),
  };
}
