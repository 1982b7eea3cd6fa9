import { describe, expect, it } from 'vitest';
import { areEscapesComplete, isQueryReadable, mergeSlashes, routingPath } from '#core/request-path';

describe('mergeSlashes', () => {
  it.each([
    ['/', '/'],
    ['//', '/'],
    ['//api///v2.0/projects', '/api/v2.0/projects'],
    ['/a%2F%2Fb', '/a%2F%2Fb'],
  ])('%s is %s', (path, merged) => {
    expect(mergeSlashes(path)).toBe(merged);
  });
});

describe('routingPath', () => {
  it.each([
    ['/', '/'],
    ['//', '/'],
    ['/v2/', '/v2'],
    ['/v2//', '/v2'],
    ['//v2', '/v2'],
  ])('%s is %s', (path, routed) => {
    expect(routingPath(path)).toBe(routed);
  });
});

describe('isQueryReadable', () => {
  it.each([
    ['', true],
    ['a=b&c=%3B%25', true],
    ['a=b;c=d', false],
    ['a=%', false],
    ['a=%4', false],
    ['a=%zz', false],
  ])('%j: %s', (query, isReadable) => {
    expect(isQueryReadable(query)).toBe(isReadable);
  });
});

it('semicolons are allowed in a path', () => {
  expect([areEscapesComplete('/a;b/%41'), areEscapesComplete('/a%4g')]).toEqual([true, false]);
});
