import { describe, expect, it } from 'vitest';
import { requireBounded, requireRegistryName, requireRegistryUrl } from '#domain/registries/registry-rules';

describe('requireRegistryName', () => {
  it('takes one line', () => {
    expect(requireRegistryName('Röntgen 1')).toBe('Röntgen 1');
    expect(() => requireRegistryName('a\r\nb')).toThrow('control character');
  });
});

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

  it.each(['a:b', 'a\nb', 'a\u0000'])('refuses %j for the name of a login', (accessKey) => {
    expect(() => requireBounded({ ...texts, accessKey })).toThrow(/^access_key holds characters that cannot be sent$/);
  });

  it('takes a secret of several lines', () => {
    expect(() => requireBounded({ ...texts, accessKey: '_json_key', secret: '{\n "type": "x"\n}' })).not.toThrow();
  });

  it('names what is too long and never its value', () => {
    expect(() => requireBounded({ ...texts, secret: 's'.repeat(4_097) })).toThrow(
      /^the max length of access_secret is 4096$/,
    );
  });
});
