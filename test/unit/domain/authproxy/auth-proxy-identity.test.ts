import { describe, expect, it } from 'vitest';
import { identityOf, tokenLoginName } from '#domain/authproxy/auth-proxy-identity';
import { GROUP_TYPES } from '#domain/groups/user-group';

const settings = { adminGroups: 'wheel, operators,', adminUsernames: ' root ,Ann' };

describe('who a reviewed token makes somebody', () => {
  it('has the groups of the review, as HTTP groups', () => {
    expect(identityOf({ username: 'bob', groups: ['dev', 'ops'] }, settings)).toEqual({
      username: 'bob',
      email: undefined,
      realname: undefined,
      groups: [
        { type: GROUP_TYPES.http, name: 'dev' },
        { type: GROUP_TYPES.http, name: 'ops' },
      ],
      isAdministrator: false,
    });
  });

  it.each([
    ['root', [], true],
    ['Ann', [], true],
    ['ann', [], false],
    ['bob', ['dev', 'operators'], true],
    ['bob', ['Wheel'], false],
    ['', [''], false],
  ])('%j in %j is an administrator: %j', (username, groups, isAdministrator) => {
    expect(identityOf({ username, groups }, settings).isAdministrator).toBe(isAdministrator);
  });

  it('has a name with an @ for an address, as in Harbor', () => {
    expect(identityOf({ username: 'bob@example.com', groups: [] }, settings).email).toBe('bob@example.com');
  });
});

it.each([
  ['tokenreview$ann', 'ann'],
  ['tokenreview$a$b', 'a$b'],
  ['tokenreview$', undefined],
  ['ann', undefined],
  ['TokenReview$ann', undefined],
])('a token login as %j is for %j', (username, name) => {
  expect(tokenLoginName(username)).toBe(name);
});
