/** How a rule chooses among the artifacts that its selectors leave it. */
export interface RetentionTemplate {
  /** What its parameter counts; undefined when it has none. */
  readonly unit: 'COUNT' | 'DAYS' | undefined;
  /** What the parameter must be below. */
  readonly below: number;
  /** Harbor's words for people; undefined of a template that Harbor takes without advertising it. */
  readonly displayText: string | undefined;
}

/** Harbor's bounds: a count fits into 16 bits, and days are no more than the day on which the bound was written. */
const COUNT = { unit: 'COUNT', below: 2 ** 15 - 1 } as const;
const DAYS = { unit: 'DAYS', below: 20_190_905 } as const;

/** All there are, by Harbor's names (`harbor:src/pkg/retention/policy/rule/index/index.go`), in the order it advertises. */
export const RETENTION_TEMPLATES = {
  latestPushedK: { ...COUNT, displayText: 'the most recently pushed # artifacts' },
  latestPulledN: { ...COUNT, displayText: 'the most recently pulled # artifacts' },
  nDaysSinceLastPush: { ...DAYS, displayText: 'pushed within the last # days' },
  nDaysSinceLastPull: { ...DAYS, displayText: 'pulled within the last # days' },
  always: { unit: undefined, below: 0, displayText: 'always' },
  latestActiveK: { ...COUNT, displayText: undefined },
  lastXDays: { ...DAYS, displayText: undefined },
} as const satisfies Record<string, RetentionTemplate>;

export type RetentionTemplateName = keyof typeof RETENTION_TEMPLATES;

export function isRetentionTemplate(name: string): name is RetentionTemplateName {
  return Object.hasOwn(RETENTION_TEMPLATES, name);
}
