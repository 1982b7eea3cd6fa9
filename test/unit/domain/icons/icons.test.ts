import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DRAWINGS } from '#domain/icons/drawings';
import { iconOfAccessory, iconOfType } from '#domain/icons/fixed-icon';
import { iconMediaType } from '#domain/icons/icon-image';

describe('the icons of types', () => {
  it.each(Object.entries(DRAWINGS))('has a picture for %s', (_, base64) => {
    const bytes = Buffer.from(base64, 'base64');
    expect(iconMediaType(bytes)).toBe('image/png');
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([48, 48]);
    const data = bytes.indexOf('IDAT');
    const pixels = inflateSync(bytes.subarray(data + 4, data + 4 + bytes.readUInt32BE(data - 4)));
    expect(pixels.length).toBe(48 * 25);
    expect(pixels.some((byte) => byte !== 0)).toBe(true);
  });

  it('has one for each type, and one for all others', () => {
    const icons = ['IMAGE', 'CHART', 'CNAB', 'WASM', 'CNAI', 'SBOM', 'UNKNOWN'].map(iconOfType);
    expect(new Set(icons).size).toBe(7);
    expect(iconOfType('MODEL')).toBe(iconOfType('UNKNOWN'));
  });

  it('has none for what merely has a subject', () => {
    expect(iconOfAccessory('subject.accessory')).toBe('');
    expect(iconOfAccessory('signature.cosign')).toMatch(/^sha256:/);
  });
});

describe('iconMediaType', () => {
  it.each([
    ['image/gif', 'GIF89a……'],
    ['image/gif', 'GIF87a……'],
    [undefined, 'GIF88a……'],
    [undefined, '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    [undefined, ''],
  ])('says %s of %j', (mediaType, text) => {
    expect(iconMediaType(new TextEncoder().encode(text))).toBe(mediaType);
  });

  it('knows a JPEG', () => {
    expect(iconMediaType(new Uint8Array([0xff, 0xd8, 0xff, 0xe0]))).toBe('image/jpeg');
  });
});
