import { digestOf } from '#core/digest';
import { readTagSelector, type TagSelector } from '#domain/policies/selector';
import type { Candidate } from '#domain/retention/candidate';
import type { RetentionRule } from '#domain/retention/retention-rule';
import type { RetentionTemplateName } from '#domain/retention/retention-template';

export const NOW_MS = Date.UTC(2026, 5, 15, 12);
export const DAY_MS = 24 * 60 * 60_000;

/** An artifact with its tags, as a model has it. */
export interface Artifact extends Candidate {
  readonly tags: readonly string[];
}

/** An artifact pushed and pulled so many days ago. */
export function artifact(
  id: number,
  tags: readonly string[],
  { pushed, pulled }: { readonly pushed: number; readonly pulled?: number | undefined },
): Artifact {
  const pushedAtMs = NOW_MS - pushed * DAY_MS;
  return {
    id,
    digest: digestOf(new TextEncoder().encode(String(id))),
    tags,
    tagCount: tags.length,
    isReferenced: false,
    createdAtMs: pushedAtMs,
    pushedAtMs,
    pulledAtMs: pulled === undefined ? undefined : NOW_MS - pulled * DAY_MS,
    weight: 1,
  };
}

export function tagSelector(decoration: string, pattern: string, extras = ''): TagSelector {
  const read = readTagSelector({ kind: 'doublestar', decoration, pattern, extras });
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

export function rule(
  template: RetentionTemplateName,
  parameter: number | undefined,
  more: Partial<RetentionRule> = {},
): RetentionRule {
  return {
    id: 0,
    priority: 0,
    isDisabled: false,
    template,
    parameter,
    tagSelectors: [tagSelector('matches', '**')],
    repositorySelectors: [],
    ...more,
  };
}
