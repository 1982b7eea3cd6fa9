import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors';
import { chartLayerOf, declaredDependencies, isChartFile, parseRequirements } from '#domain/artifacts/chart-content';
import { pointer, realManifest } from '#test/support/manifests';

describe('isChartFile', () => {
  it.each([
    ['app/README.md', true],
    ['app/readme.MD', true],
    ['./app/README.md', true],
    ['README.md', false],
    ['app/charts/README.md', false],
    ['app/charts/sub/README.md', false],
    ['app/README.md.txt', false],
  ])('says of %s: %s', (path, isIt) => {
    expect(isChartFile(path, 'readme.md')).toBe(isIt);
  });
});

describe('chartLayerOf', () => {
  it('finds the content beside a provenance', () => {
    const content = pointer('application/vnd.cncf.helm.chart.content.v1.tar+gzip');
    const layers = [pointer('application/vnd.cncf.helm.chart.provenance.v1.prov'), content];
    expect(chartLayerOf({ ...realManifest('helm'), layers })).toEqual(content);
  });
});

describe('declaredDependencies', () => {
  it('tells those of a chart of version 2', () => {
    const dependency = { name: 'db', version: '1.x', repository: 'https://charts.example', condition: 'db.enabled' };
    const chart = { apiVersion: 'v2', dependencies: [{ ...dependency, unknown: 1 }] };
    expect(declaredDependencies(chart)).toEqual([dependency]);
    expect(declaredDependencies({ apiVersion: 'v2' })).toEqual([]);
  });

  it('leaves a chart of version 1 to its requirements', () => {
    expect(declaredDependencies({ apiVersion: 'v1' })).toBeUndefined();
  });
});

describe('parseRequirements', () => {
  it('reads the list', () => {
    const yaml = 'dependencies:\n- name: db\n  version: "1"\n  repository: https://charts.example\n  tags: [a]\n';
    expect(parseRequirements(yaml)).toEqual([
      { name: 'db', version: '1', repository: 'https://charts.example', tags: ['a'] },
    ]);
    expect(parseRequirements('dependencies:\n')).toEqual([]);
  });

  it.each([
    ['no YAML', 'a: [b'],
    ['no object', '- x'],
    ['no list', 'dependencies: x'],
    ['nodes that unfold without end', bomb()],
  ])('refuses %s', (_, yaml) => {
    expect(() => parseRequirements(yaml)).toThrow(AppError);
  });

  it('compares no key with all before it', () => {
    expect(parseRequirements('dependencies: x\ndependencies: []\n')).toEqual([]);
  });

  it('does not parse more than 64 KiB', () => {
    const yaml = 'dependencies: []\n'.padEnd(64 * 1024, '#');
    expect(parseRequirements(yaml)).toEqual([]);
    expect(() => parseRequirements(`${yaml}#`)).toThrow(expect.objectContaining({ code: 'REQUEST_ENTITY_TOO_LARGE' }));
  });
});

/** A list of lists of lists of the same. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level++) {
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
  }
  return `${lines.join('\n')}\ndependencies: *a8\n`;
}
