import { describe, expect, it } from 'vitest';
import { immutableTags, type RuleSelectors, readRuleDraft, type WireRule } from '#domain/immutability/immutable-rule';

const wire: WireRule = {
  action: 'immutable',
  template: 'immutable_template',
  isDisabled: false,
  scopeSelectors: { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: 'team/**' }] },
  tagSelectors: [{ kind: 'doublestar', decoration: 'excludes', pattern: 'dev-*', extras: '{"untagged":true}' }],
};

function rule(repository: string, tag: string, decoration: 'matches' | 'excludes' = 'matches'): RuleSelectors {
  return { repository: { decoration: 'repoMatches', pattern: repository }, tag: { decoration, pattern: tag } };
}

describe('readRuleDraft', () => {
  it('keeps the selectors, without the extras that Harbor does not keep either', () => {
    expect(readRuleDraft(wire)).toEqual({
      ok: true,
      value: {
        selectors: {
          repository: { decoration: 'repoMatches', pattern: 'team/**' },
          tag: { decoration: 'excludes', pattern: 'dev-*' },
        },
        isDisabled: false,
      },
    });
  });
});

describe('immutableTags', () => {
  it('are those that some rule about the repository selects', () => {
    const rules = [rule('team/**', 'v*'), rule('team/app', 'latest'), rule('other', '**')];
    const tags = immutableTags(rules, 'team/app');
    expect(['v1', 'latest', 'dev'].filter(tags.has)).toEqual(['v1', 'latest']);
    expect(['v1', 'latest', 'dev'].filter(immutableTags(rules, 'team/web').has)).toEqual(['v1']);
  });

  it('are none where no rule is about the repository', () => {
    expect(immutableTags([rule('team/*', '**')], 'app')).toMatchObject({ isNone: true });
    expect(immutableTags([], 'app').isNone).toBe(true);
    expect(immutableTags([rule('**', 'x')], 'app').isNone).toBe(false);
  });

  it('are all but some where a rule excludes these', () => {
    const tags = immutableTags([rule('**', 'dev-*', 'excludes')], 'app');
    expect(['dev-1', 'v1'].filter(tags.has)).toEqual(['v1']);
  });
});
