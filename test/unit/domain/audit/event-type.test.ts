import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AUDIT_EVENT_TYPES, hiddenEventTypes } from '#domain/audit/event-type';

describe('the types of events', () => {
  it('begin with those of Harbor, in its order', () => {
    expect(AUDIT_EVENT_TYPES.slice(0, 18)).toEqual([
      'create_artifact',
      'delete_artifact',
      'pull_artifact',
      'create_project',
      'delete_project',
      'delete_repository',
      'login_user',
      'logout_user',
      'create_user',
      'delete_user',
      'update_user',
      'create_robot',
      'delete_robot',
      'update_configuration',
      'create_member',
      'delete_member',
      'update_member',
      'update_project',
    ]);
  });

  it('are each there once', () => {
    expect(new Set(AUDIT_EVENT_TYPES).size).toBe(AUDIT_EVENT_TYPES.length);
  });

  it('know every type of resource that an entry is made of', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(`src/${path}`, 'utf8'));
    const written = sources.flatMap((source) =>
      [...source.matchAll(/resourceType: '([^']+)'/g)].map((match) => match[1]),
    );
    expect(written.length).toBeGreaterThan(5);
    const known = new Set(AUDIT_EVENT_TYPES.map((type) => type.slice(type.indexOf('_') + 1)));
    expect([...new Set(written)].filter((type) => type === undefined || !known.has(type))).toEqual([]);
  });
});

describe('what the settings keep out of the log', () => {
  const hidden = (disabled: string, isPullDisabled = false) =>
    hiddenEventTypes({ disabled_audit_log_event_types: disabled, pull_audit_log_disable: isPullDisabled });

  it.each([
    ['', []],
    ['create_user', ['create_user']],
    [' Delete_User , create_user,', ['create_user', 'delete_user']],
    ['nonsense,create_tag', ['create_tag']],
  ])('is what "%s" names', (text, expected) => {
    expect(hidden(text)).toEqual(expected);
  });

  it('is pulls by a setting of their own as well', () => {
    expect(hidden('', true)).toEqual(['pull_artifact']);
    expect(hidden('pull_artifact', true)).toEqual(['pull_artifact']);
    expect(hidden('pull_artifact')).toEqual(['pull_artifact']);
  });
});
