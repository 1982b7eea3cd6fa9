import { z } from '@hono/zod-openapi';
import {
  type ImmutableRule,
  RULE_ACTION,
  RULE_SCOPE,
  RULE_TEMPLATE,
  type WireRule,
} from '#domain/immutability/immutable-rule';
import { toWireSelector } from '#domain/policies/selector';

/** Text that Go's clients leave out when it is empty. */
function text(fallback: string) {
  return z
    .string()
    .nullish()
    .transform((value) => value || fallback)
    .openapi({ type: 'string' });
}

const selectorReqSchema = z
  .object({
    kind: text('').openapi({ description: 'doublestar, and so where it is left out' }),
    decoration: text('').openapi({ description: 'repoMatches or repoExcludes, matches or excludes' }),
    pattern: text('').openapi({ description: 'as of bmatcuk/doublestar; of a repository without its project' }),
    extras: text('').openapi({ description: 'not used: a tag that does not exist is not immutable' }),
  })
  .openapi('ImmutableSelectorReq');

/** Harbor's `ImmutableRule` as clients send it; parameters and priority decide nothing, there as here. */
export const immutableRuleReqSchema = z
  .object({
    id: z
      .int()
      .nullish()
      .transform((id) => id ?? 0)
      .openapi({ type: 'integer' }),
    disabled: z
      .boolean()
      .nullish()
      .transform((disabled) => disabled ?? false)
      .openapi({ type: 'boolean' }),
    action: text(RULE_ACTION),
    template: text(RULE_TEMPLATE),
    tag_selectors: z.array(selectorReqSchema).max(100).nullish().openapi({ description: 'one' }),
    scope_selectors: z
      .record(z.string(), z.array(selectorReqSchema).max(100))
      .nullish()
      .openapi({ description: `one, under the key ${RULE_SCOPE}` }),
  })
  .openapi('ImmutableRuleReq');

const selectorSchema = z
  .object({ kind: z.string(), decoration: z.string(), pattern: z.string() })
  .openapi('ImmutableSelector');

export const immutableRuleSchema = z
  .object({
    id: z.int(),
    disabled: z.boolean(),
    action: z.string(),
    template: z.string(),
    tag_selectors: z.array(selectorSchema),
    scope_selectors: z.record(z.string(), z.array(selectorSchema)),
  })
  .openapi('ImmutableRule');

export function toWireRule(request: z.output<typeof immutableRuleReqSchema>): WireRule {
  return {
    action: request.action,
    template: request.template,
    isDisabled: request.disabled,
    scopeSelectors: request.scope_selectors ?? {},
    tagSelectors: request.tag_selectors ?? [],
  };
}

export function toImmutableRuleDto({ id, isDisabled, selectors }: ImmutableRule): z.infer<typeof immutableRuleSchema> {
  return {
    id,
    disabled: isDisabled,
    action: RULE_ACTION,
    template: RULE_TEMPLATE,
    tag_selectors: [toWireSelector(selectors.tag)],
    scope_selectors: { [RULE_SCOPE]: [toWireSelector(selectors.repository)] },
  };
}
