import { describe, expect, it } from 'vitest';
import { type Configuration, type ConfigurationKey, DEFAULTS } from '#domain/configuration/catalog';
import { requireFitting } from '#domain/configuration/configuration-rules';

const save = (changes: Partial<Configuration>, stored: Partial<Configuration> = {}) => {
  const changed = new Set(Object.keys(changes) as ConfigurationKey[]);
  return () => requireFitting({ ...DEFAULTS, ...stored, ...changes }, changed);
};

const FILTER = { ldap_group_search_filter: '(objectClass=groupOfNames)' };
const NAME = { ldap_group_attribute_name: 'cn' };
const NO_MEMBERSHIP = { ldap_group_membership_attribute: '' };

describe('settings of LDAP groups', () => {
  it('fit together with a name, a membership attribute and a filter, or without a filter', () => {
    expect(save({ ...FILTER, ...NAME })).not.toThrow();
    expect(save(FILTER, NAME)).not.toThrow();
    expect(save(NO_MEMBERSHIP)).not.toThrow();
  });

  it.each([
    [FILTER, {}, 'name'],
    [{ ...FILTER, ldap_group_attribute_name: '' }, NAME, 'name'],
    [{ ldap_group_attribute_name: '' }, { ...FILTER, ...NAME }, 'name'],
    [NO_MEMBERSHIP, { ...FILTER, ...NAME }, 'membership'],
    [{ ...FILTER, ...NAME, ...NO_MEMBERSHIP }, {}, 'membership'],
  ])('%o after %o lacks the %s attribute', (changes, stored, what) => {
    const message = `ldap group ${what} attribute can not be empty`;
    expect(save(changes, stored)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST', message }));
  });

  it('that do not fit are in the way of no other setting', () => {
    expect(save({ ldap_timeout: 7 }, FILTER)).not.toThrow();
  });
});

describe('an audit log outside the database', () => {
  it('needs somewhere to be', () => {
    expect(save({ skip_audit_log_database: true })).toThrow(/audit log forward endpoint/);
    const endpoint = { audit_log_forward_endpoint: 'syslog.example.org:514' };
    expect(save({ skip_audit_log_database: true, ...endpoint })).not.toThrow();
    expect(save({ audit_log_forward_endpoint: '' }, { skip_audit_log_database: true, ...endpoint })).toThrow();
  });
});
