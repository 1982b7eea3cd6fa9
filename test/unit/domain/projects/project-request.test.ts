import { describe, expect, it } from 'vitest';
import { readNewProject, readProjectRequest, readStorageLimit } from '#domain/projects/project-request';

const request = (metadata: Record<string, string>) => ({ metadata, allowlist: undefined });

describe('what is asked of a project', () => {
  it('leaves what it does not name as it is', () => {
    expect(readProjectRequest(request({}))).toEqual({ isPublic: undefined, metadata: {}, allowlist: undefined });
  });

  it('has its visibility apart from its other metadata', () => {
    const { isPublic, metadata } = readProjectRequest(request({ public: 'T', auto_scan: '1', severity: 'High' }));
    expect({ isPublic, metadata }).toEqual({ isPublic: true, metadata: { auto_scan: 'true', severity: 'high' } });
  });

  it('passes over an empty value, and over what only a proxy cache can have', () => {
    const { metadata } = readProjectRequest(
      request({ severity: '', proxy_speed_kb: 'fast', max_upstream_conn: '0', proxy_cache_filter_kind: 'x' }),
    );
    expect(metadata).toEqual({});
  });

  it('takes what is public by default where the metadata do not say', () => {
    expect(readNewProject(request({}), true).isPublic).toBe(true);
    expect(readNewProject(request({ public: 'false' }), true).isPublic).toBe(false);
    expect(readNewProject(request({}), false).isPublic).toBe(false);
  });

  it('names no retention policy for a project about to be', () => {
    expect(() => readNewProject(request({ retention_id: '7' }), false)).toThrow(/retention_id .* should be omitted/);
  });
});

describe('the storage limit of a new project', () => {
  const on = { quota_per_project_enable: true, storage_per_project: 1_000 };

  it.each<[number, boolean, number]>([
    [5_000, true, 5_000],
    [-1, true, -1],
    [0, true, 1_000],
    [5_000, false, 1_000],
    [-7, false, 1_000],
    [2 ** 50, true, 2 ** 50],
  ])('of %i, chosen by who may: %s, is %i', (bytes, isChosen, limit) => {
    expect(readStorageLimit(bytes, on, isChosen)).toBe(limit);
  });

  it('is none while there are no quotas', () => {
    expect(readStorageLimit(-7, { ...on, quota_per_project_enable: false }, true)).toBe(-1);
  });

  it('is refused in the words of Harbor', () => {
    expect(() => readStorageLimit(-2, on, true)).toThrow('invalid non-positive value for quota limit, value=-2');
    expect(() => readStorageLimit(2 ** 50 + 1, on, true)).toThrow(
      'exceeded 1024TB, which is 1125899906842624 Bytes, value=1125899906842625',
    );
  });
});
