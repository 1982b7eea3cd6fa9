import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RepositoryName } from '#core/reference';
import { MAX_SCOPES, parseScopes, projectOfScope, repositoryScope } from '#domain/access/scope';

describe('parseScopes', () => {
  it.each<[string, string[], [string, string][]]>([
    ['one', ['repository:a/b:pull'], [['repository', 'a/b']]],
    [
      'several in one parameter',
      ['repository:a/b:pull repository:c/d:push'],
      [
        ['repository', 'a/b'],
        ['repository', 'c/d'],
      ],
    ],
    [
      'several parameters',
      ['repository:a/b:pull', 'registry:catalog:*'],
      [
        ['repository', 'a/b'],
        ['registry', 'catalog'],
      ],
    ],
    ['a host with a port', ['repository:host:5000/a/b:pull'], [['repository', 'host:5000/a/b']]],
    ['a class', ['repository(plugin):a/b:pull'], [['repository', 'a/b']]],
    ['no actions', ['repository:a/b:'], [['repository', 'a/b']]],
    ['spaces only', ['  '], []],
    ['text without colons', ['repository'], []],
    ['one colon', ['repository:a'], []],
    ['no type', [':a/b:pull'], []],
    ['no name', ['repository::pull'], []],
  ])('reads %s', (_, parameters, expected) => {
    expect(parseScopes(parameters)).toEqual(expected.map(([type, name]) => ({ type, name })));
  });

  it('finds what repositoryScope wrote', () => {
    const component = fc.stringMatching(/^[a-z0-9]{1,8}(?:[._-][a-z0-9]{1,8})?$/);
    const name = fc.array(component, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('/') as RepositoryName);
    fc.assert(
      fc.property(fc.array(name, { maxLength: 5 }), (names) => {
        const text = names.map((each) => repositoryScope(each, 'push')).join(' ');
        expect(parseScopes([text])).toEqual(names.map((each) => ({ type: 'repository', name: each })));
      }),
    );
  });

  it('answers a bounded number', () => {
    expect(parseScopes(['repository:a/b:pull '.repeat(1_000)])).toHaveLength(MAX_SCOPES);
  });
});

describe('projectOfScope', () => {
  it.each([
    ['repository', 'library/team/app', 'library'],
    ['repository', 'library', undefined],
    ['repository', 'Library/app', undefined],
    ['registry', 'catalog', undefined],
  ])('%s %s → %s', (type, name, project) => {
    expect(projectOfScope({ type, name })).toBe(project);
  });
});

describe('repositoryScope', () => {
  it('includes pull in push', () => {
    const name = 'library/app' as RepositoryName;
    expect(repositoryScope(name, 'pull')).toBe('repository:library/app:pull');
    expect(repositoryScope(name, 'push')).toBe('repository:library/app:pull,push');
    expect(repositoryScope(name, 'delete')).toBe('repository:library/app:delete');
  });
});
