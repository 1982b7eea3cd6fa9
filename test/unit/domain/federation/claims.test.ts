import { describe, expect, it } from 'vitest';
import { claimTexts } from '#domain/federation/claims';

const claims = {
  sub: 'system:serviceaccount:build:builder',
  ref_protected: true,
  run_number: 7,
  groups: ['a', 'b', { name: 'c' }, ['d']],
  empty: null,
  'a.b': 'dotted',
  'kubernetes.io': { namespace: 'build', 'a/b': 'slashed', 'a~b': 'tilde' },
  long: 'x'.repeat(1_025),
};

describe('claimTexts', () => {
  it.each([
    ['sub', ['system:serviceaccount:build:builder']],
    ['ref_protected', ['true']],
    ['run_number', ['7']],
    ['groups', ['a', 'b']],
    ['a.b', ['dotted']],
    ['/kubernetes.io/namespace', ['build']],
    ['/kubernetes.io/a~1b', ['slashed']],
    ['/kubernetes.io/a~0b', ['tilde']],
    ['kubernetes.io', []],
    ['kubernetes.io/namespace', []],
    ['/kubernetes.io/namespace/length', []],
    ['empty', []],
    ['missing', []],
    ['long', []],
    ['constructor', []],
    ['__proto__', []],
    ['/constructor/name', []],
  ])('%s', (name, expected) => {
    expect(claimTexts(claims, name)).toEqual(expected);
  });
});
