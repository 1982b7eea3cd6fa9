import { describe, expect, it } from 'vitest';
import { requireBounded, requireRegistryUrl } from '#domain/registries/registry-rules';

describe('requireRegistryUrl', () => {
  it.each([
    ['https://registry.example.com', 'https://registry.example.com'],
    [' https://registry.example.com/// ', 'https://registry.example.com'],
    ['registry.example.com:5000', 'http://registry.example.com:5000'],
    ['https://user:secret@registry.example.com/path/?q=1#f', 'https://registry.example.com/path'],
  ])('keeps %s as %s', (text, kept) => {
    expect(requireRegistryUrl(text)).toBe(kept);
  });

  it.each([
    '',
    ' / ',
    'ftp://registry.example.com',
    'file:///etc/passwd',
    'https://',
    'https://a b',
    `https://${'a'.repeat(300)}`,
  ])('refuses %s', (text) => {
    expect(() => requireRegistryUrl(text)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });
});

describe('requireBounded', () => {
  const texts = { description: '', accessKey: '', secret: '', caCertificate: '' };

  it('takes a certificate in PEM and no other text for one', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    expect(() => requireBounded({ ...texts, caCertificate: pem })).not.toThrow();
    expect(() => requireBounded({ ...texts, caCertificate: 'MIIB' })).toThrow('PEM');
  });

  it('names what is too long and never its value', () => {
    expect(() => requireBounded({ ...texts, secret: 's'.repeat(4_097) })).toThrow(
      /^the max length of access_secret is 4096$/,
    );
  });
});
