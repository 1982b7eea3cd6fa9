import { describe, expect, it } from 'vitest';
import { auditSettings } from '#domain/audit/audit-settings';

const settings = {
  disabled_audit_log_event_types: 'create_user',
  pull_audit_log_disable: false,
  audit_log_forward_endpoint: 'logs.example.com:514',
  skip_audit_log_database: false,
};

describe('what the settings say of the audit log', () => {
  it('forwards and lists all but the hidden types', () => {
    expect(auditSettings(settings)).toEqual({
      hiddenTypes: ['create_user'],
      endpoint: 'logs.example.com:514',
      isListed: true,
    });
  });

  it('lists nothing where that is wanted and all is forwarded', () => {
    expect(auditSettings({ ...settings, skip_audit_log_database: true }).isListed).toBe(false);
  });

  it.each(['', 'nonsense'])('lists everything where nothing can be forwarded to "%s"', (endpoint) => {
    const fixed = { ...settings, skip_audit_log_database: true, audit_log_forward_endpoint: endpoint };
    expect(auditSettings(fixed)).toMatchObject({ endpoint: '', isListed: true });
  });
});
