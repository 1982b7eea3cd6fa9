import { describe, expect, it } from 'vitest';
import { parseDirectoryEndpoint } from '#domain/access/directory-endpoint';

const parse = (text: string, verifiesCertificate = true) =>
  parseDirectoryEndpoint('uaa_endpoint', text, { verifiesCertificate });

describe('the address of a directory', () => {
  it('is https where it does not say', () => {
    expect(parse(' uaa.example.com/base ').url.href).toBe('https://uaa.example.com/base');
    expect(parse('http://uaa.example.com').url.href).toBe('http://uaa.example.com/');
  });

  it.each(['', 'ftp://uaa.example.com', 'https://', 'https://name:secret@uaa.example.com'])(
    'is refused as %j, by the name of the setting alone',
    (text) => {
      const message = 'the setting uaa_endpoint is not the address of a directory';
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE', message }));
    },
  );

  it('tells when the settings want a certificate unchecked that is there', () => {
    expect(parse('https://uaa.example.com', false).wantsUnverified).toBe(true);
    expect(parse('https://uaa.example.com', true).wantsUnverified).toBe(false);
    expect(parse('http://uaa.example.com', false).wantsUnverified).toBe(false);
  });
});
