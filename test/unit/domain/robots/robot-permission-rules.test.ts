import { describe, expect, it } from 'vitest';
import { namespaceOf, readLevel, readPermissions, type WirePermission } from '#domain/robots/robot-permission-rules';

const access = (...names: readonly string[]) =>
  names.map((name) => {
    const [resource = '', action = '', effect = ''] = name.split(':');
    return { resource, action, effect };
  });
const project = (namespace: string, ...names: readonly string[]): WirePermission => ({
  kind: 'project',
  namespace,
  access: access(...(names.length > 0 ? names : ['repository:pull'])),
});
const system = (...names: readonly string[]): WirePermission => ({
  kind: 'system',
  namespace: '/',
  access: access(...names),
});
const many = (count: number, make: (index: number) => WirePermission) =>
  Array.from({ length: count }, (_, i) => make(i));

describe('readPermissions', () => {
  it('reads every kind of namespace', () => {
    const read = readPermissions('system', [
      system('catalog:read'),
      project('*'),
      project('library', 'repository:push:deny'),
      project('library/team-a/**'),
    ]);
    const pull = [{ resource: 'repository', action: 'pull', effect: 'allow' }];
    expect(read).toEqual([
      { kind: 'system', access: [{ resource: 'catalog', action: 'read', effect: 'allow' }] },
      { kind: 'project', projectName: undefined, repositoryPattern: undefined, access: pull },
      {
        kind: 'project',
        projectName: 'library',
        repositoryPattern: undefined,
        access: [{ resource: 'repository', action: 'push', effect: 'deny' }],
      },
      { kind: 'project', projectName: 'library', repositoryPattern: 'team-a/**', access: pull },
    ]);
  });

  it('counts what is said twice once', () => {
    const read = readPermissions('system', [
      project('a', 'repository:pull', 'repository:pull:allow'),
      project('a', 'repository:push', 'repository:pull'),
    ]);
    expect(read).toHaveLength(1);
    expect(read[0]?.access.map(({ action }) => action)).toEqual(['pull', 'push']);
  });

  it.each<[string, 'system' | 'project', readonly WirePermission[], string]>([
    ['none', 'system', [], 'bad request empty permission'],
    ['no access', 'system', [{ kind: 'project', namespace: 'a', access: [] }], 'bad request empty access'],
    ['an unknown kind', 'system', [{ ...project('a'), kind: 'world' }], 'bad request permission level: world'],
    ['what only people may', 'project', [project('a', 'robot:update')], 'bad request permission: robot:update'],
    ['what is of the system', 'project', [project('a', 'catalog:read')], 'bad request permission: catalog:read'],
    ['what is of a project', 'system', [system('repository:pull')], 'bad request permission: repository:pull'],
    ['what is everywhere', 'system', [project('a', '*:*')], 'bad request permission: *:*'],
    ['what objects inherit', 'system', [project('a', 'constructor:name')], 'bad request permission: constructor:name'],
    ['an unknown effect', 'system', [project('a', 'repository:pull:maybe')], 'bad request permission effect: maybe'],
    ['two for a project robot', 'project', [project('a'), project('b')], 'bad request permission'],
    ['the system for a project robot', 'project', [system('catalog:read')], 'bad request permission'],
    ['another namespace of the system', 'system', [{ ...system('catalog:read'), namespace: 'a' }], 'unknown namespace'],
    ['no namespace', 'system', [project('')], 'unknown namespace'],
    ['a pattern of no project', 'system', [project('/a')], 'unknown namespace'],
    ['an empty pattern', 'system', [project('a/')], 'bad request namespace: the pattern is empty'],
    [
      'a pattern that takes long',
      'system',
      [project('a/**/**/**/**')],
      'bad request namespace: the pattern has more than 3 wildcards',
    ],
    ['too many entries', 'system', many(501, (index) => project(`a${index}`)), 'a robot has at most 500 permissions'],
    [
      'too many accesses',
      'system',
      many(500, (index) =>
        project(
          `a${index}`,
          ...['read', 'create', 'delete', 'list', 'update'].flatMap((action) => [
            `label:${action}`,
            `metadata:${action}`,
            `member:${action}`,
          ]),
        ),
      ),
      'a robot has at most 5000 accesses',
    ],
  ])('refuses %s', (_, level, wire, message) => {
    expect(() => readPermissions(level, wire)).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST', message }) as Error,
    );
  });
});

describe('readLevel', () => {
  it('knows two levels', () => {
    expect([readLevel('system'), readLevel('project')]).toEqual(['system', 'project']);
    expect(() => readLevel('Project')).toThrow('bad request error level input: Project');
  });
});

describe('namespaceOf', () => {
  it('says the present name, and the pattern where there is one', () => {
    const of = { kind: 'project', access: [] } as const;
    expect([
      namespaceOf({ kind: 'system', access: [], projectName: undefined }),
      namespaceOf({ ...of, projectId: undefined, repositoryPattern: undefined, projectName: undefined }),
      namespaceOf({ ...of, projectId: 1, repositoryPattern: undefined, projectName: 'library' }),
      namespaceOf({ ...of, projectId: 1, repositoryPattern: 'a/**', projectName: 'library' }),
    ]).toEqual(['/', '*', 'library', 'library/a/**']);
  });
});
