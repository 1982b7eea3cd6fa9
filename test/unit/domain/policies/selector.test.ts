import { describe, expect, it } from 'vitest';
import {
  readRepositorySelector,
  readTagSelector,
  selectsRepository,
  selectsTag,
  selectsTags,
  type TagSelector,
  toWireSelector,
} from '#domain/policies/selector';

const tags = (decoration: TagSelector['decoration'], pattern: string, extras = ''): TagSelector => ({
  decoration,
  pattern,
  extras,
});

describe('readRepositorySelector', () => {
  it('takes what Harbor has', () => {
    const wire = { kind: 'doublestar', decoration: 'repoMatches', pattern: 'team-a/**' };
    expect(readRepositorySelector(wire)).toEqual({
      ok: true,
      value: { decoration: 'repoMatches', pattern: 'team-a/**' },
    });
  });

  it.each([
    [{ kind: 'label' }, 'the kind of a selector is doublestar'],
    [{ decoration: 'matches' }, 'the decoration of a repository selector is repoMatches or repoExcludes'],
    [{ decoration: 'nsMatches' }, 'the decoration of a repository selector is repoMatches or repoExcludes'],
    [{ pattern: '' }, 'the pattern is empty'],
    [{ pattern: '{a' }, 'the pattern has a { that is not closed'],
  ])('refuses %j', (part, error) => {
    const wire = { kind: 'doublestar', decoration: 'repoMatches', pattern: '**', ...part };
    expect(readRepositorySelector(wire)).toEqual({ ok: false, error });
  });
});

describe('readTagSelector', () => {
  it('keeps the extras as they came', () => {
    const wire = { kind: 'doublestar', decoration: 'excludes', pattern: 'v*', extras: '{"untagged": true}' };
    const value = { decoration: 'excludes', pattern: 'v*', extras: '{"untagged": true}' } as const;
    expect(readTagSelector(wire)).toEqual({ ok: true, value });
    expect(toWireSelector(value)).toEqual(wire);
  });

  it('takes one without a kind for the kind there is', () => {
    const wire = { kind: '', decoration: 'matches', pattern: 'v*' };
    expect(readTagSelector(wire)).toEqual({ ok: true, value: { decoration: 'matches', pattern: 'v*', extras: '' } });
  });

  it.each([
    [{ kind: 'label' }, 'the kind of a selector is doublestar'],
    [{ decoration: 'repoMatches' }, 'the decoration of a tag selector is matches or excludes'],
    [{ pattern: '' }, 'the pattern is empty'],
    [{ pattern: '[]' }, 'the pattern has an empty [ ]'],
    [{ extras: 'x'.repeat(257) }, 'the extras are longer than 256 characters'],
  ])('refuses %j', (part, error) => {
    const wire = { kind: 'doublestar', decoration: 'matches', pattern: '**', ...part };
    expect(readTagSelector(wire)).toEqual({ ok: false, error });
  });
});

describe('selectsRepository', () => {
  it.each([
    ['repoMatches', '**', 'app', true],
    ['repoMatches', '**', 'team/app', true],
    ['repoMatches', '*', 'team/app', false],
    ['repoMatches', '{redis}', 'redis', true],
    ['repoMatches', 'har*', 'redis', false],
    ['repoExcludes', '{redis}', 'redis', false],
    ['repoExcludes', 'har*', 'redis', true],
    ['repoExcludes', '**', 'redis', false],
  ] as const)('%s %s of %s: %s', (decoration, pattern, name, expected) => {
    expect(selectsRepository({ decoration, pattern }, name)).toBe(expected);
  });
});

describe('selectsTags', () => {
  it.each([
    ['matches', '{latest,4.*}', ['latest'], true],
    ['matches', '{latest,4.*}', ['5.0'], false],
    ['matches', '4.*', ['latest', '4.0'], true],
    ['excludes', '4.*', ['4.0'], false],
    ['excludes', '4.*', ['latest'], true],
    // One tag that the pattern leaves out is enough for the whole artifact.
    ['excludes', '4.*', ['latest', '4.0'], true],
    ['excludes', '**', ['latest'], false],
  ] as const)('%s %s of %j: %s', (decoration, pattern, names, expected) => {
    expect(selectsTags(tags(decoration, pattern), names)).toBe(expected);
    expect(names.some((name) => selectsTag(tags(decoration, pattern), name))).toBe(expected);
  });

  it.each([
    ['matches', '', true],
    ['excludes', '', true],
    ['matches', '{"untagged":true}', true],
    ['matches', '{"untagged":false}', false],
    ['matches', '{}', false],
    ['matches', 'null', false],
    ['excludes', '{"untagged":true}', false],
    ['excludes', '{"untagged":false}', true],
    ['excludes', '{}', true],
    ['matches', 'no JSON', true],
    ['matches', '[]', true],
    ['matches', '{"untagged":"yes"}', true],
    ['excludes', '7', true],
  ] as const)('%s, with extras %j, of an artifact without a tag: %s', (decoration, extras, expected) => {
    expect(selectsTags(tags(decoration, 'v*', extras), [])).toBe(expected);
  });

  it('refuses to guess what an unreadable pattern means', () => {
    expect(() => selectsTag(tags('matches', '{a'), 'a')).toThrow('a stored pattern cannot be read');
  });
});
