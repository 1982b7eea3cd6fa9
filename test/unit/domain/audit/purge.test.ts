import { describe, expect, it } from 'vitest';
import { parsePurgeParameters, planPurge } from '#domain/audit/purge';

const WANTED = { audit_retention_hour: 24, include_event_types: 'create_artifact', dry_run: true };

describe('the parameters of a purge', () => {
  it('are kept under Harbor’s names, and nothing else is', () => {
    expect(parsePurgeParameters({ ...WANTED, other: 1 })).toEqual(WANTED);
    expect(parsePurgeParameters({ ...WANTED, dry_run: undefined })).toEqual({ ...WANTED, dry_run: false });
    expect(parsePurgeParameters({ ...WANTED, dry_run: 'true' }).dry_run).toBe(true);
    expect(parsePurgeParameters({ ...WANTED, audit_retention_hour: 240_000 }).audit_retention_hour).toBe(240_000);
  });

  it.each([
    [{}, /parameters of the schedule/],
    [{ ...WANTED, audit_retention_hour: undefined }, /audit_retention_hour is required/],
    [{ ...WANTED, audit_retention_hour: 0 }, /greater than 0/],
    [{ ...WANTED, audit_retention_hour: -1 }, /greater than 0/],
    [{ ...WANTED, audit_retention_hour: 1.5 }, /integer/],
    [{ ...WANTED, audit_retention_hour: '24' }, /integer/],
    [{ ...WANTED, audit_retention_hour: 240_001 }, /at most 240000/],
    [{ ...WANTED, include_event_types: undefined }, /include_event_types is required/],
    [{ ...WANTED, include_event_types: ['create_artifact'] }, /must be a text/],
    [{ ...WANTED, include_event_types: 'a'.repeat(5_000) }, /at most 4096/],
    [{ ...WANTED, dry_run: 'perhaps' }, /dry_run/],
    [{ ...WANTED, dry_run: 1 }, /dry_run/],
  ])('are refused: %o', (parameters, words) => {
    expect(() => parsePurgeParameters(parameters)).toThrow(words);
  });
});

describe('the plan of a purge', () => {
  const plan = (types: string) => planPurge({ ...WANTED, include_event_types: types }, 100 * 3_600_000).operations;
  const types = (text: string) =>
    plan(text).flatMap(({ operation, resourceTypes }) => resourceTypes.map((type) => `${operation}_${type}`));

  it('counts the hours from when the run was asked for', () => {
    expect(planPurge(WANTED, 100 * 3_600_000).beforeMs).toBe(76 * 3_600_000);
  });

  it('goes by operations in the order of their names', () => {
    expect(plan(' Pull_Artifact,create_user,create_artifact,nonsense')).toEqual([
      { operation: 'create', resourceTypes: ['artifact', 'user'] },
      { operation: 'pull', resourceTypes: ['artifact'] },
    ]);
  });

  it('takes "other" for all but the three of artifacts that Harbor names apart', () => {
    expect(types('other')).toEqual(expect.arrayContaining(['delete_tag', 'login_user', 'update_artifact']));
    for (const apart of ['create_artifact', 'delete_artifact', 'pull_artifact']) {
      expect(types('other')).not.toContain(apart);
      expect(types(`other,${apart}`)).toContain(apart);
    }
  });

  it.each(['', 'nonsense', ','])('has nothing for "%s"', (text) => {
    expect(plan(text)).toEqual([]);
  });
});
