import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  METADATA_KEYS,
  type MetadataKey,
  requireMetadataKey,
  requireMetadataValue,
} from '#domain/projects/project-metadata';

const flags: readonly MetadataKey[] = [
  'public',
  'enable_content_trust',
  'enable_content_trust_cosign',
  'prevent_vul',
  'auto_scan',
  'auto_sbom_generation',
  'reuse_sys_cve_allowlist',
  'proxy_cache_local_on_not_found',
  'proxy_referrer_api',
];

describe('a value of project metadata', () => {
  it.each(flags)('%s is a boolean as Go reads one', (key) => {
    for (const text of ['1', 't', 'T', 'TRUE', 'true', 'True']) expect(requireMetadataValue(key, text)).toBe('true');
    for (const text of ['0', 'f', 'F', 'FALSE', 'false', 'False'])
      expect(requireMetadataValue(key, text)).toBe('false');
    for (const text of ['', 'yes', 'tRUE', ' true', '2']) {
      expect(() => requireMetadataValue(key, text)).toThrow(`invalid value: ${text}`);
    }
  });

  it.each([
    ['severity', 'Critical', 'critical'],
    ['severity', 'NONE', 'none'],
    ['severity', 'negligible', 'none'],
    ['severity', 'medium', 'medium'],
    ['proxy_speed_kb', '-1', '-1'],
    ['proxy_speed_kb', '+0100', '100'],
    ['proxy_speed_kb', '-0', '0'],
    ['proxy_speed_kb', '2147483647', '2147483647'],
    ['proxy_speed_kb', '-2147483648', '-2147483648'],
    ['max_upstream_conn', '-1', '-1'],
    ['max_upstream_conn', '8', '8'],
  ] as const)('%s of %s is kept as %s', (key, text, kept) => {
    expect(requireMetadataValue(key, text)).toBe(kept);
  });

  it.each([
    ['severity', 'unknown'],
    ['severity', 'terrible'],
    ['severity', ''],
    ['proxy_speed_kb', '2147483648'],
    ['proxy_speed_kb', '-2147483649'],
    ['proxy_speed_kb', '1.5'],
    ['proxy_speed_kb', '0x10'],
    ['proxy_speed_kb', ''],
    ['max_upstream_conn', '0'],
    ['max_upstream_conn', '-2'],
    ['max_upstream_conn', 'many'],
  ] as const)('%s is not %j', (key, text) => {
    expect(() => requireMetadataValue(key, text)).toThrow('invalid value');
  });

  it('is read again as what it was kept as', () => {
    const texts = fc.oneof(fc.string(), fc.integer().map(String), fc.constantFrom('T', '0', 'High', 'Negligible'));
    fc.assert(
      fc.property(fc.constantFrom(...METADATA_KEYS), texts, (key, text) => {
        let kept: string;
        try {
          kept = requireMetadataValue(key, text);
        } catch {
          return;
        }
        expect(requireMetadataValue(key, kept)).toBe(kept);
      }),
    );
  });
});

describe('a key of project metadata', () => {
  it('is one of a table', () => {
    for (const key of METADATA_KEYS) expect(requireMetadataKey(key)).toBe(key);
  });

  it.each(['retention_id', 'constructor', '__proto__', '', 'Public', 'colour'])('is not %j', (key) => {
    expect(() => requireMetadataKey(key)).toThrow(`invalid key: ${key}`);
  });

  it.each(['proxy_cache_filter_pattern', 'proxy_cache_filter_kind'])('%s is for proxy caches', (key) => {
    expect(() => requireMetadataKey(key)).toThrow('can not update the normal project with proxy cache filter metadata');
  });
});
