import { describe, expect, it } from 'vitest';
import { normalizeTargetAddress, targetAddressProblem } from '#domain/webhooks/target-address';

const rules = { arePrivateAllowed: false, ownUrls: ['https://registry.example', 'http://localhost:8080'] };
const problemOf = (text: string, more = {}) => targetAddressProblem(text, { ...rules, ...more });

describe('the address of a target', () => {
  it('is http where nobody says, and keeps its query', () => {
    expect(normalizeTargetAddress('  hooks.example/in?key=a#part ')).toBe('http://hooks.example/in?key=a');
    expect(normalizeTargetAddress('HTTPS://hooks.example')).toBe('HTTPS://hooks.example');
  });

  it.each([
    'https://hooks.example/in?key=1',
    'hooks.example:8443',
    'http://registry.example:9000/',
    'https://8.8.8.8/',
  ])('may be %s', (text) => {
    expect(problemOf(text)).toBeUndefined();
  });

  it.each([
    ['', 'cannot be empty'],
    ['https://', 'cannot be empty'],
    ['http:///', 'cannot be empty'],
    ['ftp://hooks.example', 'invalid scheme: ftp'],
    ['javascript:alert(1)', 'not a URL'],
    ['https://hooks.example/a b', 'not a URL'],
    ['https://hooks.example\\@evil.example', 'not a URL'],
    ['https://ada:secret@hooks.example', 'cannot hold credentials'],
    [`https://hooks.example/${'a'.repeat(2_048)}`, 'at most 2048 characters'],
    // As it is kept, and as it is sent to.
    [`https://hooks.example/#${'a'.repeat(2_048)}`, 'at most 2048 characters'],
    ['a'.repeat(2_045), 'at most 2048 characters'],
    ['https://registry.example/api/v2.0/projects', 'the registry itself'],
    ['http://REGISTRY.example./v2/', 'the registry itself'],
    ['http://127.0.0.1:8080/', 'the registry itself'],
    ['http://[::1]:8080/', 'the registry itself'],
    ['http://app.localhost:8080/', 'the registry itself'],
    ['http://localhost:9000/', 'private network'],
    ['http://0x7f000001/', 'private network'],
    ['https://[fd00::1]/', 'private network'],
  ])('cannot be %s: %s', (text, words) => {
    expect(problemOf(text)).toContain(words);
  });

  it('may be on the machine itself where that is allowed, but not the registry', () => {
    expect(problemOf('http://127.0.0.1:9000/', { arePrivateAllowed: true })).toBeUndefined();
    expect(problemOf('http://127.0.0.1:8080/', { arePrivateAllowed: true })).toContain('the registry itself');
  });
});
