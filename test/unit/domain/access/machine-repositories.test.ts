import { describe, expect, it } from 'vitest';
import type { Access, RobotPermission } from '#core/rbac/robot-permissions';
import { listableRepositories } from '#domain/access/machine-repositories';

const LIST: Access = { resource: 'repository', action: 'list', effect: 'allow' };
const DENIED: Access = { ...LIST, effect: 'deny' };
const PULL: Access = { ...LIST, action: 'pull' };

function entry(projectId: number | undefined, access: Access, repositoryPattern?: string): RobotPermission {
  return { kind: 'project', projectId, repositoryPattern, access: [access] };
}

describe('listableRepositories', () => {
  it('are those of the projects that may be listed', () => {
    expect(listableRepositories([entry(1, LIST), entry(2, PULL), { kind: 'system', access: [LIST] }])).toEqual({
      projectIds: [1],
      ranges: [],
      everyProjectBut: undefined,
    });
  });

  it('are ranges of names where patterns limit them', () => {
    const { projectIds, ranges } = listableRepositories([entry(1, LIST, 'team/**'), entry(1, PULL, 'other/**')]);
    expect(projectIds).toEqual([]);
    expect(ranges).toEqual([{ projectId: 1, from: 'team/', before: 'team0' }]);
  });

  it.each([
    ['a pattern is no range', [entry(1, LIST, 'team/*')]],
    ['one of them is denied', [entry(1, LIST, 'team/**'), entry(1, DENIED, 'team/a')]],
    ['the project is denied', [entry(1, LIST), entry(1, DENIED)]],
  ])('are none of a project when %s', (_, permissions) => {
    expect(listableRepositories(permissions)).toEqual({ projectIds: [], ranges: [], everyProjectBut: undefined });
  });

  it('are those of every project, but for what is said of one', () => {
    expect(listableRepositories([entry(undefined, LIST), entry(1, DENIED), entry(2, PULL)])).toEqual({
      projectIds: [2],
      ranges: [],
      everyProjectBut: [1, 2],
    });
  });
});
