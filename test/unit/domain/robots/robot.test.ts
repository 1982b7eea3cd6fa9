import { describe, expect, it } from 'vitest';
import { fullName, parseFullName, requireDuration, requireRobotName } from '#domain/robots/robot';

describe('the name a robot logs in with', () => {
  it.each([
    ['robot$ci', { project: undefined, name: 'ci' }],
    ['robot$library+ci', { project: 'library', name: 'ci' }],
    ['admin', undefined],
    ['Robot$ci', undefined],
  ])('%s', (text, parsed) => {
    expect(parseFullName(text, 'robot$')).toEqual(parsed);
  });

  it('is the only one: what follows a second plus is part of the name', () => {
    expect(parseFullName('robot$library+ci+x', 'robot$')).toEqual({ project: 'library', name: 'ci+x' });
  });

  it('reads as it is written', () => {
    const project = { id: 1, name: 'library' };
    expect(parseFullName(fullName({ name: 'ci', project }, 'bot-'), 'bot-')).toEqual({
      project: 'library',
      name: 'ci',
    });
  });
});

describe('requireRobotName', () => {
  it.each(['ci', 'a.b_c-d', 'a'.repeat(255)])('takes %s', (name) => {
    expect(() => requireRobotName(name)).not.toThrow();
  });

  it.each(['', 'CI', 'a+b', 'a..b', '-a', 'a b', 'a\n', 'a'.repeat(256)])('refuses %j', (name) => {
    expect(() => requireRobotName(name)).toThrow('robot name is not in lower case');
  });
});

describe('requireDuration', () => {
  it.each([-1, 1, 36_500])('takes %d', (days) => {
    expect(() => requireDuration(days)).not.toThrow();
  });

  it.each([0, -2, 36_501])('refuses %d', (days) => {
    expect(() => requireDuration(days)).toThrow(`bad request error duration input: ${days}`);
  });
});
