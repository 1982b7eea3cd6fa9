import { nextCronTimeMs } from '#core/cron';
import { err, ok, type Result } from '#core/result';
import {
  type RepositorySelector,
  readRepositorySelector,
  readTagSelector,
  type TagSelector,
  type WireSelector,
} from '#domain/policies/selector';
import type { RetentionDraft } from '#domain/retention/retention-policy';
import { MAX_RETENTION_RULES, type RetentionRule } from '#domain/retention/retention-rule';
import { isRetentionTemplate, RETENTION_TEMPLATES } from '#domain/retention/retention-template';

/** A rule as a client sends it (`harbor:src/pkg/retention/policy/rule/models.go`). */
export interface WireRule {
  readonly id: number;
  readonly priority: number;
  readonly disabled: boolean;
  readonly action: string;
  readonly template: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly tagSelectors: readonly WireSelector[];
  readonly scopeSelectors: Readonly<Record<string, readonly WireSelector[]>>;
}

export interface WirePolicy {
  readonly algorithm: string;
  readonly rules: readonly WireRule[];
  readonly triggerKind: string;
  readonly cron: unknown;
}

/** Why something makes no policy: it is wrong, or says the same twice. */
export interface RetentionProblem {
  readonly kind: 'invalid' | 'conflict';
  readonly message: string;
}

/** Selectors of one kind in a rule. */
const MAX_SELECTORS = 10;
/** Characters of all rules together, as JSON. */
const MAX_RULES_LENGTH = 64_000;
/** Of what a client sent, so much is repeated to it. */
const MAX_TOLD_LENGTH = 64;
const ACTION = 'retain';
const ALGORITHM = 'or';
/** The key of the one kind of scope there is. */
const REPOSITORY = 'repository';
const SCHEDULE = 'Schedule';

/**
 * Reads a policy (`harbor:src/pkg/retention/policy/models.go`, Valid; `src/server/v2.0/handler/retention.go`). What Harbor
 * takes and then fails on when it runs is refused here, and so is a count of 0, which would keep nothing.
 */
export function readRetention(wire: WirePolicy, nowMs: number): Result<RetentionDraft, RetentionProblem> {
  if (wire.rules.length > MAX_RETENTION_RULES) return invalid(`only ${MAX_RETENTION_RULES} rules are allowed at most`);
  if (wire.algorithm !== ALGORITHM) return invalid(`algorithm ${told(wire.algorithm)} is not supported, it must be or`);
  const cron = readCron(wire, nowMs);
  if (!cron.ok) return cron;
  const rules: RetentionRule[] = [];
  for (const [index, each] of wire.rules.entries()) {
    const rule = readRule(each);
    if (!rule.ok) return invalid(`rule ${index}: ${rule.error}`);
    rules.push(rule.value);
  }
  if (JSON.stringify(rules).length > MAX_RULES_LENGTH) {
    return invalid(`the rules are longer than ${MAX_RULES_LENGTH} characters`);
  }
  const conflict = findConflict(rules);
  return conflict === undefined ? ok({ rules, cron: cron.value }) : err({ kind: 'conflict', message: conflict });
}

function invalid(message: string): Result<never, RetentionProblem> {
  return err({ kind: 'invalid', message });
}

function told(text: string): string {
  return text.slice(0, MAX_TOLD_LENGTH);
}

/** An empty kind is what a policy has that nobody scheduled. */
function readCron({ triggerKind, cron }: WirePolicy, nowMs: number): Result<string, RetentionProblem> {
  if (triggerKind !== SCHEDULE && triggerKind !== '') return invalid(`not support Trigger ${told(triggerKind)}`);
  if (cron === undefined || cron === '' || triggerKind === '') return ok('');
  if (typeof cron !== 'string') return invalid('invalid cron type for scheduled tag retention: must be a string');
  const problem = cronProblem(cron, nowMs);
  if (problem === undefined) return ok(cron.trim());
  return invalid(`invalid cron string for scheduled tag retention: ${told(cron)}, error: ${problem}`);
}

function cronProblem(cron: string, nowMs: number): string | undefined {
  if (nextCronTimeMs(cron, nowMs) === undefined) return 'it is no cron of six fields, or one that never comes';
  if (!/^\s*0\s/.test(cron)) {
    return 'the 1st field (indicating Seconds of time) of the cron setting must be 0';
  }
  return undefined;
}

function readRule(wire: WireRule): Result<RetentionRule, string> {
  const { id, priority, disabled, action, template } = wire;
  if (action !== ACTION) return err(`action ${told(action)} is not supported, it must be retain`);
  if (template === '') return err('empty rule template ID');
  if (!isRetentionTemplate(template)) return err(`rule evaluator ${told(template)} is not registered`);
  const parameter = readParameter(template, wire.params);
  if (!parameter.ok) return parameter;
  const tagSelectors = readSelectors(wire.tagSelectors, readTagSelector);
  if (!tagSelectors.ok) return tagSelectors;
  if (tagSelectors.value.length === 0) return err('it has no tag selector');
  const others = Object.keys(wire.scopeSelectors).filter((key) => key !== REPOSITORY);
  if (others.length > 0) return err(`scope ${told(others[0] ?? '')} is not supported`);
  const repositorySelectors = readSelectors(wire.scopeSelectors[REPOSITORY] ?? [], readRepositorySelector);
  if (!repositorySelectors.ok) return repositorySelectors;
  return ok({
    id,
    priority,
    isDisabled: disabled,
    template,
    parameter: parameter.value,
    tagSelectors: tagSelectors.value,
    repositorySelectors: repositorySelectors.value,
  });
}

function readParameter(
  template: keyof typeof RETENTION_TEMPLATES,
  params: WireRule['params'],
): Result<number | undefined, string> {
  const { unit, below } = RETENTION_TEMPLATES[template];
  if (unit === undefined) return ok(undefined);
  if (!Object.hasOwn(params, template)) return err(`missing required parameter ${template} for rule ${template}`);
  const value = params[template];
  if (typeof value !== 'number' || !Number.isInteger(value))
    return err(`${template} type error: it must be an integer`);
  if (value < 0) return err(`${template} is less than zero`);
  if (value === 0) return err(`${template} is zero: it must be at least 1`);
  return value >= below ? err(`${template} is too large`) : ok(value);
}

function readSelectors<T extends TagSelector | RepositorySelector>(
  wire: readonly WireSelector[],
  read: (selector: WireSelector) => Result<T, string>,
): Result<readonly T[], string> {
  if (wire.length > MAX_SELECTORS) return err(`it has more than ${MAX_SELECTORS} selectors of one kind`);
  const selectors: T[] = [];
  for (const each of wire) {
    const selector = read(each);
    if (!selector.ok) return selector;
    selectors.push(selector.value);
  }
  return ok(selectors);
}

/** Harbor's words; two rules are one when all but their ids are the same. */
function findConflict(rules: readonly RetentionRule[]): string | undefined {
  const seen = new Map<string, number>();
  for (const [index, rule] of rules.entries()) {
    const text = JSON.stringify({ ...rule, id: 0 });
    const earlier = seen.get(text);
    if (earlier !== undefined) return `rule ${index} is conflict with rule ${earlier}`;
    seen.set(text, index);
  }
  return undefined;
}
