import { describe, expect, it } from 'vitest';
import { findUnfit, type ScannerCapability, type ScannerMetadata, supportOf } from '#domain/scanners/scanner-metadata';

const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const REPORT = 'application/vnd.security.vulnerability.report; version=1.1';
const FIT: ScannerCapability = { type: 'vulnerability', consumes: [DOCKER], produces: [REPORT] };

function metadata(capabilities: readonly ScannerCapability[], name = 'Trivy'): ScannerMetadata {
  return { adapter: { name, vendor: 'Aqua Security', version: '1' }, capabilities, properties: {} };
}

describe('findUnfit', () => {
  it('finds nothing wrong with an adapter that can be used', () => {
    expect(findUnfit(metadata([FIT, { ...FIT, type: 'secrets' }]))).toBeUndefined();
  });

  it.each([
    ['a scanner without a name', metadata([FIT], ''), 'name, vendor or version'],
    ['no capability', metadata([]), 'no capability'],
    ['one that takes no docker image', metadata([FIT, { ...FIT, consumes: ['text/plain'] }]), DOCKER],
    ['one whose reports nobody can read', metadata([FIT, { ...FIT, produces: ['text/plain'] }]), 'no report'],
  ])('finds %s', (_, unfit, words) => {
    expect(findUnfit(unfit)).toContain(words);
  });
});

describe('supportOf', () => {
  it.each([
    [['vulnerability', 'sbom'], { vulnerability: true, sbom: true }],
    [['sbom'], { sbom: true }],
    [['vulnerability', ''], { vulnerability: true }],
    [['', ''], { vulnerability: true, sbom: false }],
    [['secrets'], {}],
  ])('of kinds %j is %j', (types, support) => {
    expect(supportOf(metadata(types.map((type) => ({ ...FIT, type }))))).toEqual(support);
  });
});
