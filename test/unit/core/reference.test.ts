import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import {
  parseArtifactName,
  parseReference,
  parseRepositoryName,
  parseTag,
  projectOf,
  withinProject,
} from '#core/reference';

const component = fc.stringMatching(/^[a-z0-9]{1,8}(?:(?:\.|_|__|-{1,3})[a-z0-9]{1,8}){0,2}$/);
const tag = fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/);

describe('parseArtifactName', () => {
  const digest = `sha256:${'a'.repeat(64)}`;

  it.each([
    ['library/app:1.0', 'library/app', { kind: 'tag', tag: '1.0' }],
    ['library/team/app:latest', 'library/team/app', { kind: 'tag', tag: 'latest' }],
    [`library/app@${digest}`, 'library/app', { kind: 'digest', digest }],
    [`library/app:1.0@${digest}`, 'library/app', { kind: 'digest', digest }],
  ])('reads %s', (text, repository, reference) => {
    expect(parseArtifactName(text)).toEqual({ repository, reference });
  });

  it.each([
    '',
    'app:1',
    'library/app',
    'library/app:',
    'library/app@',
    'library/app@1.0',
    'library/app:.x',
    'library/App:1',
    'library/app:1:2',
    'library/app@sha256:short',
    `library/app:.x@${digest}`,
    `localhost:5000/library/app:1`,
  ])('refuses %j', (text) => {
    expect(parseArtifactName(text)).toBeUndefined();
  });

  it('reads what a repository and a tag make, whatever they are', () => {
    fc.assert(
      fc.property(component, component, tag, (project, rest, name) => {
        const reference = { kind: 'tag', tag: name };
        expect(parseArtifactName(`${project}/${rest}:${name}`)).toEqual({
          repository: `${project}/${rest}`,
          reference,
        });
      }),
    );
  });
});

describe('parseRepositoryName', () => {
  it('accepts every name of two or more components and takes it apart at the first slash', () => {
    fc.assert(
      fc.property(fc.array(component, { minLength: 2, maxLength: 6 }), (components) => {
        const text = components.join('/');
        const name = parseRepositoryName(text);
        expect(name).toEqual({ ok: true, value: text });
        if (name.ok) expect(`${projectOf(name.value)}/${withinProject(name.value)}`).toBe(text);
      }),
    );
  });

  it('answers within a millisecond a character for hostile input', () => {
    fc.assert(fc.property(fc.string({ maxLength: 4_000 }), (text) => void parseRepositoryName(text)));
    parseRepositoryName(`${'a-'.repeat(127)}!`);
  });

  it.each([
    ['', 'malformed'],
    ['a', 'no-project'],
    ['A/b', 'malformed'],
    ['a//b', 'malformed'],
    ['/a/b', 'malformed'],
    ['a/b/', 'malformed'],
    ['a/..', 'malformed'],
    ['a/b__c', undefined],
    ['a/b___c', 'malformed'],
    ['a/b..c', 'malformed'],
    ['a/-b', 'malformed'],
    ['a/b\n', 'malformed'],
    ['a/ü', 'malformed'],
    ['blobs/uploads/manifests', undefined],
    [`a/${'b'.repeat(253)}`, undefined],
    [`a/${'b'.repeat(254)}`, 'too-long'],
  ])('judges %j as %s', (text, problem) => {
    const name = parseRepositoryName(text);
    expect(name.ok ? undefined : name.error).toBe(problem);
  });
});

describe('parseTag', () => {
  it('accepts what the specification allows', () => {
    fc.assert(fc.property(tag, (text) => parseTag(text) === text));
  });

  it.each(['', '.a', '-a', 'a b', 'a/b', 'a:b', `a${'b'.repeat(128)}`, 'a\n'])('refuses %j', (text) => {
    expect(parseTag(text)).toBeUndefined();
  });
});

describe('parseReference', () => {
  it('never takes text with a colon for a tag', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(parseReference(`${before}:${after}`)?.kind ?? 'digest').toBe('digest');
      }),
    );
  });

  it('tells digests from tags', () => {
    const digest = digestOf(new Uint8Array(1));
    expect(parseReference(digest)).toEqual({ kind: 'digest', digest });
    expect(parseReference('sha256')).toEqual({ kind: 'tag', tag: 'sha256' });
  });
});
