import { describe, expect, it } from 'vitest';
import {
  requireScannerAuth,
  requireScannerCredential,
  requireScannerDescription,
  requireScannerName,
  requireScannerUrl,
} from '#domain/scanners/scanner-rules';

const badRequest = expect.objectContaining({ code: 'BAD_REQUEST' });

describe('what is kept of a scanner', () => {
  it('has a name of one line and 128 characters at most', () => {
    expect(requireScannerName('n'.repeat(128))).toHaveLength(128);
    expect(() => requireScannerName('n'.repeat(129))).toThrow(badRequest);
    expect(() => requireScannerName('')).toThrow('missing registration name');
    expect(() => requireScannerName('a\r\nb')).toThrow('control character');
  });

  it('has a description of 1024 characters at most', () => {
    expect(requireScannerDescription('')).toBe('');
    expect(() => requireScannerDescription('d'.repeat(1_025))).toThrow(badRequest);
  });

  it('has an address by http or https, without what comes after its path', () => {
    expect(requireScannerUrl('https://scanner.test/base/?q=1#f')).toBe('https://scanner.test/base');
    expect(() => requireScannerUrl('ftp://scanner.test')).toThrow(badRequest);
    expect(() => requireScannerUrl(`https://${'a'.repeat(513)}`)).toThrow('the URL of the scanner is invalid');
  });

  it('is asked in one of the ways there are', () => {
    expect(['', 'Basic', 'Bearer', 'APIKey'].map(requireScannerAuth)).toEqual(['', 'Basic', 'Bearer', 'APIKey']);
    expect(() => requireScannerAuth('basic')).toThrow('auth type basic is not supported');
  });
});

describe('requireScannerCredential', () => {
  it('drops one that is not asked for', () => {
    expect(requireScannerCredential('', 'left over')).toBe('');
  });

  it('takes what a header can carry', () => {
    expect(requireScannerCredential('Basic', 'näme:päss word')).toBe('näme:päss word');
    expect(requireScannerCredential('Bearer', 'a.b-c')).toBe('a.b-c');
  });

  it.each([
    ['Basic', ''],
    ['Basic', 'name:pass\nX-Header: 1'],
    ['Bearer', 'a\r\nb'],
    ['APIKey', 'schlüssel'],
    ['APIKey', ' key'],
    ['Bearer', 's'.repeat(4_097)],
  ] as const)('refuses for %s what it cannot be, and does not repeat it', (auth, credential) => {
    expect(() => requireScannerCredential(auth, credential)).toThrow(badRequest);
    expect(() => requireScannerCredential(auth, credential)).not.toThrow(/name:pass|schl|sss/);
  });
});
