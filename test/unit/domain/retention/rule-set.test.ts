import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RepositorySelector } from '#domain/policies/selector';
import { MAX_RETENTION_RULES, type RetentionRule } from '#domain/retention/retention-rule';
import { RETENTION_TEMPLATES, type RetentionTemplateName } from '#domain/retention/retention-template';
import { keepsUntagged, rulesFor } from '#domain/retention/rule-set';
import { type Artifact, artifact, DAY_MS, NOW_MS, rule, tagSelector } from '#test/unit/domain/retention/candidates';
import { retained } from '#test/unit/domain/retention/evaluate';
import { naivelyRetained } from '#test/unit/domain/retention/naive-retention';

/** By age of the push 1 < 2 < 3 < 4 days, by age of the pull 3 < 1 < 4, and 2 was never pulled. */
const ARTIFACTS = [
  artifact(1, ['v1'], { pushed: 1, pulled: 0.5 }),
  artifact(2, ['v2', 'release-2'], { pushed: 2 }),
  artifact(3, ['v3'], { pushed: 3, pulled: 0.1 }),
  artifact(4, ['nightly'], { pushed: 4, pulled: 3 }),
  artifact(5, [], { pushed: 5, pulled: 4.5 }),
];

function kept(rules: readonly RetentionRule[], repository = 'app', artifacts: readonly Artifact[] = ARTIFACTS) {
  return [...retained(rules, repository, artifacts, { nowMs: NOW_MS, pageSize: 2 })].sort((a, b) => a - b);
}

describe('a template', () => {
  it.each<[RetentionTemplateName, number | undefined, number[]]>([
    ['always', undefined, [1, 2, 3, 4, 5]],
    ['latestPushedK', 1, [1]],
    ['latestPushedK', 3, [1, 2, 3]],
    ['latestPushedK', 5, [1, 2, 3, 4, 5]],
    ['latestPushedK', 32_766, [1, 2, 3, 4, 5]],
    ['latestPulledN', 1, [3]],
    ['latestPulledN', 2, [1, 3]],
    // What was never pulled comes last, and still before nothing.
    ['latestPulledN', 5, [1, 2, 3, 4, 5]],
    ['latestPulledN', 4, [1, 3, 4, 5]],
    ['latestActiveK', 1, [3]],
    ['latestActiveK', 3, [1, 2, 3]],
    ['nDaysSinceLastPush', 1, [1]],
    ['nDaysSinceLastPush', 3, [1, 2, 3]],
    ['nDaysSinceLastPull', 1, [1, 3]],
    ['nDaysSinceLastPull', 30, [1, 3, 4, 5]],
    // To the second on the day: a push is since, and after only when it is later.
    ['lastXDays', 1, []],
    ['lastXDays', 2, [1]],
    ['lastXDays', 20_190_904, [1, 2, 3, 4, 5]],
  ])('%s of %s keeps %j', (template, parameter, ids) => {
    expect(kept([rule(template, parameter)])).toEqual(ids);
  });

  it('counts to the second, as Harbor does', () => {
    const pushed = (beforeMs: number) => ({
      ...artifact(1, ['a'], { pushed: 1 }),
      pushedAtMs: NOW_MS - DAY_MS - beforeMs,
    });
    const nowMs = NOW_MS + 500;
    const of = (template: RetentionTemplateName, each: Artifact) =>
      retained([rule(template, 1)], 'app', [each], { nowMs, pageSize: 1 }).size;
    expect([of('nDaysSinceLastPush', pushed(0)), of('nDaysSinceLastPush', pushed(1))]).toEqual([1, 0]);
    expect([of('lastXDays', pushed(-500)), of('lastXDays', pushed(-1_000))]).toEqual([0, 1]);
  });

  it('takes of artifacts of one time the newer', () => {
    const twins = [3, 1, 2].map((id) => artifact(id, ['a'], { pushed: 1 }));
    expect(kept([rule('latestPushedK', 2)], 'app', twins)).toEqual([2, 3]);
  });
});

describe('selectors', () => {
  const matches = (pattern: string, extras = '') => ({ tagSelectors: [tagSelector('matches', pattern, extras)] });
  const excludes = (pattern: string, extras = '') => ({ tagSelectors: [tagSelector('excludes', pattern, extras)] });

  it.each<[string, Partial<RetentionRule>, number[]]>([
    ['one of its tags', matches('release-*', '{"untagged":false}'), [2]],
    ['no tag, unless told otherwise', matches('release-*'), [2, 5]],
    ['one tag that is not excluded', excludes('v*', '{"untagged":true}'), [2, 4]],
    ['no tag, where tags are excluded', excludes('v*'), [2, 4, 5]],
    ['all of several', { tagSelectors: [tagSelector('matches', 'v*'), tagSelector('excludes', 'v1')] }, [2, 3, 5]],
    ['alternatives', matches('{v1,nightly}', '{"untagged":false}'), [1, 4]],
  ])('choose an artifact by %s', (_, selectors, ids) => {
    expect(kept([rule('always', undefined, selectors)])).toEqual(ids);
  });

  it('come before the count', () => {
    expect(kept([rule('latestPushedK', 1, matches('v{2,3}', '{"untagged":false}'))])).toEqual([2]);
  });

  it('keep what any rule keeps', () => {
    const rules = [rule('latestPushedK', 1), rule('always', undefined, matches('nightly', '{"untagged":false}'))];
    expect(kept(rules)).toEqual([1, 4]);
  });

  it('leave repositories alone that no enabled rule is about', () => {
    const team: RepositorySelector = { decoration: 'repoMatches', pattern: 'team/**' };
    const rules = [
      rule('latestPushedK', 1, { repositorySelectors: [team] }),
      rule('latestPushedK', 1, { isDisabled: true }),
    ];
    expect(kept(rules, 'app')).toEqual([1, 2, 3, 4, 5]);
    expect(kept(rules, 'team/app')).toEqual([1]);
    expect(rulesFor(rules, 'app')).toEqual([]);
    const others = [rule('latestPushedK', 1, { repositorySelectors: [{ ...team, decoration: 'repoExcludes' }] })];
    expect([kept(others, 'app'), kept(others, 'team/app')]).toEqual([[1], [1, 2, 3, 4, 5]]);
  });
});

describe('an untagged artifact that others would clean up', () => {
  const old = { pushedAtMs: NOW_MS - 10 * DAY_MS, pulledAtMs: NOW_MS - DAY_MS };
  const without = { tagSelectors: [tagSelector('matches', '**', '{"untagged":false}')] };

  it.each<[string, RetentionRule[], boolean]>([
    ['no rule', [], false],
    ['a rule that keeps all', [rule('always', undefined)], true],
    ['a rule for tags alone', [rule('always', undefined, without)], false],
    ['a disabled rule', [rule('always', undefined, { isDisabled: true })], false],
    ['a push too long ago', [rule('nDaysSinceLastPush', 9)], false],
    ['a push not too long ago', [rule('nDaysSinceLastPush', 10)], true],
    ['a pull not too long ago', [rule('nDaysSinceLastPull', 1)], true],
    ['a count, which only retention makes', [rule('latestPushedK', 1)], true],
    [
      'another repository',
      [rule('always', undefined, { repositorySelectors: [{ decoration: 'repoExcludes', pattern: 'app' }] })],
      false,
    ],
  ])('is kept or not by %s', (_, rules, isKept) => {
    expect(keepsUntagged(rules, 'app', old, NOW_MS)).toBe(isKept);
  });
});

describe('the engine', () => {
  const anyTag = fc.constantFrom('v1', 'v2', 'v10', 'latest', 'release-1', 'release-2', 'nightly');
  const pattern = fc.constantFrom('**', '*', 'v*', 'v?', '{latest,nightly}', 'release-*', 'none');
  const extras = fc.constantFrom('', '{"untagged":true}', '{"untagged":false}', 'x');
  const selector = fc
    .tuple(fc.constantFrom('matches', 'excludes'), pattern, extras)
    .map(([decoration, text, more]) => tagSelector(decoration, text, more));
  const repositorySelector = fc.record({
    decoration: fc.constantFrom<RepositorySelector['decoration']>('repoMatches', 'repoExcludes'),
    pattern: fc.constantFrom('**', 'app', 'team/*', 'team/**'),
  });
  const templates = Object.keys(RETENTION_TEMPLATES) as RetentionTemplateName[];
  const anyRule = fc
    .record({
      template: fc.constantFrom(...templates),
      parameter: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(30_000)),
      isDisabled: fc.boolean(),
      tagSelectors: fc.array(selector, { minLength: 1, maxLength: 3 }),
      repositorySelectors: fc.array(repositorySelector, { maxLength: 2 }),
    })
    .map(({ template, parameter, ...more }) => rule(template, parameter, more));
  const anyArtifact = fc.record({
    tags: fc.uniqueArray(anyTag, { maxLength: 3 }),
    // Days and half-days, so that many are of one time.
    pushed: fc.integer({ min: 0, max: 20 }).map((half) => half / 2),
    pulled: fc.option(
      fc.integer({ min: 0, max: 20 }).map((half) => half / 2),
      { nil: undefined },
    ),
  });

  it('keeps what Harbor would, in pages and passes of any size', () => {
    const artifacts = fc.array(anyArtifact, { maxLength: 30 });
    const rules = fc.array(anyRule, { maxLength: MAX_RETENTION_RULES });
    fc.assert(
      fc.property(
        artifacts,
        rules,
        fc.constantFrom('app', 'team/app', 'team/a/b'),
        fc.integer({ min: 1, max: 40 }),
        (drawn, policy, repository, pageSize) => {
          const all = drawn.map((each, index) => artifact(index + 1, each.tags, each));
          const found = retained(policy, repository, all, { nowMs: NOW_MS, pageSize });
          expect([...found].sort()).toEqual([...naivelyRetained(policy, repository, all, NOW_MS)].sort());
        },
      ),
      { numRuns: 500 },
    );
  });
});
