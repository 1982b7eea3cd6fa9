import { z } from '@hono/zod-openapi';
import type { Execution } from '#domain/jobs/execution';
import type { JobStatus } from '#domain/jobs/job-status';
import type { Task } from '#domain/jobs/task';
import { toWireSelector } from '#domain/policies/selector';
import type { WirePolicy, WireRule } from '#domain/retention/read-retention';
import { DEFAULT_POLICY_SCOPE, type RetentionPolicy } from '#domain/retention/retention-policy';
import type { RetentionRule } from '#domain/retention/retention-rule';
import { RETENTION_TEMPLATES } from '#domain/retention/retention-template';
import { toTimestamp } from '#routes/api/schemas/common';

/** Text, numbers and flags that Go's clients leave out when they are empty. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
  .openapi({ type: 'string' });
const integer = z
  .int()
  .nullish()
  .transform((value) => value ?? 0)
  .openapi({ type: 'integer', format: 'int64' });
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false)
  .openapi({ type: 'boolean' });

const selectorReqSchema = z
  .object({
    kind: text.openapi({ description: 'doublestar, and so where it is left out' }),
    decoration: text,
    pattern: text,
    extras: text,
  })
  .openapi('RetentionSelectorReq');
const selectorReqs = z
  .array(selectorReqSchema)
  .nullish()
  .transform((selectors) => selectors ?? []);

const ruleReqSchema = z
  .object({
    id: integer,
    priority: integer,
    disabled: flag,
    action: text.openapi({ description: 'retain' }),
    template: text.openapi({ description: Object.keys(RETENTION_TEMPLATES).join(', ') }),
    params: z
      .record(z.string(), z.unknown())
      .nullish()
      .transform((params) => params ?? {}),
    tag_selectors: selectorReqs,
    scope_selectors: z
      .record(z.string(), selectorReqs)
      .nullish()
      .transform((selectors) => selectors ?? {}),
  })
  .openapi('RetentionRuleReq');

const policyReq = {
  id: integer,
  algorithm: text.openapi({ description: 'or' }),
  rules: z
    .array(ruleReqSchema)
    .nullish()
    .transform((rules) => rules ?? []),
  trigger: z
    .object({ kind: text, settings: z.record(z.string(), z.unknown()).nullish() })
    .openapi('RetentionTriggerReq'),
};

/** Harbor's `RetentionPolicy` as clients send it. */
export const retentionReqSchema = z
  .object({ ...policyReq, scope: z.object({ level: text, ref: integer }).openapi('RetentionScopeReq') })
  .openapi('RetentionPolicyReq');

/** The default policy is nobody's, whatever its scope says. */
export const defaultRetentionReqSchema = z.object(policyReq).openapi('DefaultRetentionPolicyReq');

export const retentionRunReqSchema = z.object({ dry_run: flag }).openapi('RetentionRunReq');
export const retentionDeedReqSchema = z
  .object({ action: text.openapi({ description: 'stop' }) })
  .openapi('RetentionDeedReq');

const selectorSchema = z
  .object({ kind: z.string(), decoration: z.string(), pattern: z.string(), extras: z.string().optional() })
  .openapi('RetentionSelector');

const ruleSchema = z
  .object({
    id: z.int(),
    priority: z.int(),
    disabled: z.boolean(),
    action: z.string(),
    template: z.string(),
    params: z.record(z.string(), z.int()),
    tag_selectors: z.array(selectorSchema),
    scope_selectors: z.record(z.string(), z.array(selectorSchema)),
  })
  .openapi('RetentionRule');

export const retentionSchema = z
  .object({
    id: z.int(),
    algorithm: z.string(),
    rules: z.array(ruleSchema),
    trigger: z
      .object({
        kind: z.string(),
        settings: z.object({
          cron: z
            .string()
            .openapi({ description: 'six fields, UTC; empty for a policy that runs when it is asked to' }),
          next_scheduled_time: z.iso.datetime().optional(),
        }),
      })
      .openapi('RetentionTrigger'),
    scope: z.object({ level: z.string(), ref: z.int() }).openapi('RetentionScope'),
  })
  .openapi('RetentionPolicy');

const selectorMetadataSchema = z
  .object({ display_text: z.string(), kind: z.string(), decorations: z.array(z.string()) })
  .openapi('RetentionSelectorMetadata');

export const retentionMetadataSchema = z
  .object({
    templates: z.array(
      z
        .object({
          rule_template: z.string(),
          display_text: z.string(),
          action: z.string(),
          params: z.array(z.object({ type: z.string(), unit: z.string(), required: z.boolean() })),
        })
        .openapi('RetentionRuleMetadata'),
    ),
    scope_selectors: z.array(selectorMetadataSchema),
    tag_selectors: z.array(selectorMetadataSchema),
  })
  .openapi('RetentionMetadata');

export const retentionExecutionSchema = z
  .object({
    id: z.int(),
    policy_id: z.int(),
    start_time: z.iso.datetime(),
    end_time: z.iso.datetime(),
    status: z.string(),
    trigger: z.string(),
    dry_run: z.boolean(),
  })
  .openapi('RetentionExecution');

export const retentionTaskSchema = z
  .object({
    id: z.int(),
    execution_id: z.int(),
    repository: z.string(),
    job_id: z.string(),
    status: z.string(),
    status_code: z.int(),
    start_time: z.iso.datetime(),
    end_time: z.iso.datetime(),
    total: z.int(),
    retained: z.int(),
  })
  .openapi('RetentionExecutionTask');

/** What clients may choose from (`harbor:src/server/v2.0/handler/retention.go`). */
export const RETENTION_METADATA: z.infer<typeof retentionMetadataSchema> = {
  templates: Object.entries(RETENTION_TEMPLATES).flatMap(([name, { unit, displayText }]) => {
    if (displayText === undefined) return [];
    const params = unit === undefined ? [] : [{ type: 'int', unit, required: true }];
    return [{ rule_template: name, display_text: displayText, action: 'retain', params }];
  }),
  scope_selectors: [{ display_text: 'Repositories', kind: 'doublestar', decorations: ['repoMatches', 'repoExcludes'] }],
  tag_selectors: [{ display_text: 'Tags', kind: 'doublestar', decorations: ['matches', 'excludes'] }],
};

export function toWirePolicy(request: z.infer<typeof defaultRetentionReqSchema>): WirePolicy {
  const { algorithm, rules, trigger } = request;
  const cron = trigger.settings?.['cron'];
  return { algorithm, rules: rules.map(toWireRule), triggerKind: trigger.kind, cron };
}

function toWireRule(rule: z.infer<typeof ruleReqSchema>): WireRule {
  const { tag_selectors: tagSelectors, scope_selectors: scopeSelectors, ...rest } = rule;
  return { ...rest, tagSelectors, scopeSelectors };
}

export function toRetentionDto(policy: RetentionPolicy): z.infer<typeof retentionSchema> {
  const { id, projectId, rules, cron, dueAtMs } = policy;
  const next = dueAtMs === undefined ? {} : { next_scheduled_time: toTimestamp(dueAtMs) };
  return {
    id,
    algorithm: 'or',
    rules: rules.map(toRuleDto),
    trigger: { kind: 'Schedule', settings: { cron, ...next } },
    scope: { level: projectId === DEFAULT_POLICY_SCOPE ? 'system' : 'project', ref: projectId },
  };
}

function toRuleDto(rule: RetentionRule): z.infer<typeof ruleSchema> {
  const { id, priority, isDisabled, template, parameter, tagSelectors, repositorySelectors } = rule;
  return {
    id,
    priority,
    disabled: isDisabled,
    action: 'retain',
    template,
    params: parameter === undefined ? {} : { [template]: parameter },
    tag_selectors: tagSelectors.map(({ extras, ...selector }) => ({
      ...toWireSelector({ ...selector, extras }),
      ...(extras === '' ? { extras: undefined } : {}),
    })),
    scope_selectors: { repository: repositorySelectors.map(toWireSelector) },
  };
}

export function toRetentionExecutionDto(execution: Execution): z.infer<typeof retentionExecutionSchema> {
  const { id, vendorId, startedAtMs, endedAtMs, status, trigger, parameters } = execution;
  return {
    id,
    policy_id: vendorId,
    start_time: toTimestamp(startedAtMs),
    end_time: toTimestamp(endedAtMs),
    status,
    trigger,
    dry_run: parameters['dry_run'] === true,
  };
}

/** Harbor's numbers for how far a job is; the three ends are one. */
const STATUS_CODES: Readonly<Record<JobStatus, number>> = {
  Pending: 0,
  Scheduled: 1,
  Running: 2,
  Stopped: 3,
  Error: 3,
  Success: 3,
};

export function toRetentionTaskDto(task: Task): z.infer<typeof retentionTaskSchema> {
  const { id, executionId, jobId, status, startedAtMs, endedAtMs, parameters, results } = task;
  return {
    id,
    execution_id: executionId,
    repository: String(parameters['repository'] ?? ''),
    job_id: jobId,
    status,
    status_code: STATUS_CODES[status],
    start_time: toTimestamp(startedAtMs),
    end_time: toTimestamp(endedAtMs),
    total: Number(results['total'] ?? 0),
    retained: Number(results['retained'] ?? 0),
  };
}
