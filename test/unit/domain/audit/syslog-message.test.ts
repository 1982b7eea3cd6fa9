import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ForwardedEntry, syslogMessage } from '#domain/audit/syslog-message';

const entry: ForwardedEntry = {
  id: 7,
  operationId: 'a-deed',
  projectId: 3,
  operation: 'create',
  resourceType: 'artifact',
  resource: 'library/app:1.0',
  username: 'admin',
  description: 'push artifact',
  isSuccess: true,
  sourceAddress: '192.0.2.1',
  atMs: Date.UTC(2026, 10, 22, 10, 20, 30, 456),
};

/** RFC 5424 §6, as far as these messages go. */
const GRAMMAR =
  /^<110>1 (?<time>\S+) (?<host>[\x21-\x7e]{1,255}) audit - (?<msgid>[\x21-\x7e]{1,32}) \[meta sequenceId="(?<sequence>\d{1,10})"\] (?<text>[\x20-\x7e]*)$/;

describe('a message of syslog', () => {
  it('has the registry, the type of the event and all there is of the entry', () => {
    expect(syslogMessage(entry, 'registry.example.com')).toBe(
      '<110>1 2026-11-22T10:20:30.456Z registry.example.com audit - create_artifact [meta sequenceId="7"] ' +
        '{"id":7,"operation_id":"a-deed","op_time":"2026-11-22T10:20:30.456Z","username":"admin","operation":"create",' +
        '"resource_type":"artifact","resource":"library/app:1.0","operation_description":"push artifact",' +
        '"operation_result":true,"project_id":3,"source_ip":"192.0.2.1"}',
    );
  });

  it('leaves out what is not known', () => {
    const message = syslogMessage({ ...entry, projectId: undefined, sourceAddress: undefined }, undefined);
    expect(message).toContain('Z - audit - create_artifact ');
    expect(message).not.toMatch(/project_id|source_ip/);
  });

  it('begins to count anew where the protocol ends', () => {
    expect(syslogMessage({ ...entry, id: 2 ** 31 - 1 }, undefined)).toContain('sequenceId="2147483647"');
    expect(syslogMessage({ ...entry, id: 2 ** 31 }, undefined)).toContain('sequenceId="1"');
  });

  it('is one line of ASCII that tells any entry as it is', () => {
    const text = fc.string({ unit: 'grapheme' });
    const texts = { resource: text, username: text, description: text, operation: text, resourceType: text };
    fc.assert(
      fc.property(fc.record(texts), fc.option(text, { nil: undefined }), (changed, hostname) => {
        const { time, text: json } = GRAMMAR.exec(syslogMessage({ ...entry, ...changed }, hostname))?.groups ?? {};
        expect(time).toBe('2026-11-22T10:20:30.456Z');
        const told = JSON.parse(json ?? '') as Record<string, unknown>;
        expect(told).toMatchObject({ username: changed.username, resource: changed.resource });
        expect(told['operation_description']).toBe(changed.description);
      }),
    );
  });
});
