import { describe, expect, it } from 'vitest';
import { isLocalRedirect } from '#core/local-redirect';

describe('where a login may lead', () => {
  it.each([
    '/',
    '/harbor/projects',
    '/harbor/projects/1?tab=members',
    '/a?to=http://elsewhere.example',
    '/a%20b',
    '/#x',
  ])('lets %j pass', (text) => {
    expect(isLocalRedirect(text)).toBe(true);
  });

  it.each([
    '',
    'harbor',
    'http://elsewhere.example',
    '//elsewhere.example',
    '/a//b',
    '/%2felsewhere.example',
    '/%2Felsewhere.example',
    '/%252felsewhere.example',
    '/%25252felsewhere.example',
    '/%2525252felsewhere.example',
    '/\\elsewhere.example',
    '\\/elsewhere.example',
    '/%5celsewhere.example',
    '/a?b=\\c',
    '/\telsewhere.example',
    '/\t/elsewhere.example',
    '/%09/elsewhere.example',
    '/a\r\nset-cookie: sid=1',
    '/a%0d%0aset-cookie: sid=1',
    '/a\u0000',
    '/a\u007f',
    ' /a',
    '/%zz',
    'javascript:alert(1)',
    `/${'a'.repeat(2048)}`,
  ])('refuses %j', (text) => {
    expect(isLocalRedirect(text)).toBe(false);
  });

  it('lets pass nothing that a browser would take to another site', () => {
    const base = 'https://registry.example';
    const parts = ['/', '\\', '.', '..', '%2f', '%5c', '@', ':', '\t', '\n', 'evil.example', '?', '#', ';'];
    for (const a of parts) {
      for (const b of parts) {
        for (const c of parts) {
          const text = `/${a}${b}${c}`;
          if (isLocalRedirect(text)) expect(new URL(text, base).origin, JSON.stringify(text)).toBe(base);
        }
      }
    }
  });
});
