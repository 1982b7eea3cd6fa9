/** What an adapter can do with which artifacts. */
export interface ScannerCapability {
  /** `vulnerability` or `sbom`; empty in adapters of before there were kinds. */
  readonly type: string;
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
}

/** What an adapter tells of itself (pluggable scanner API 1.2, `GET /api/v1/metadata`). */
export interface ScannerMetadata {
  readonly adapter: { readonly name: string; readonly vendor: string; readonly version: string };
  readonly capabilities: readonly ScannerCapability[];
  readonly properties: Readonly<Record<string, string>>;
}

/** Every adapter takes these (`harbor:src/pkg/scan/rest/v1/models.go`). */
const REQUIRED_ARTIFACT = 'application/vnd.docker.distribution.manifest.v2+json';
/** A capability makes one of these at least. */
const KNOWN_REPORTS: readonly string[] = [
  'application/vnd.security.vulnerability.report; version=1.1',
  'application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0',
  'application/vnd.security.sbom.report+json; version=1.0',
];

/** Why no scan can be asked of an adapter that describes itself so; undefined when one can. */
export function findUnfit({ adapter, capabilities }: ScannerMetadata): string | undefined {
  if (adapter.name === '' || adapter.vendor === '' || adapter.version === '') {
    return 'its metadata lack the name, vendor or version of the scanner';
  }
  if (capabilities.length === 0) return 'its metadata name no capability';
  if (!capabilities.every(({ consumes }) => consumes.includes(REQUIRED_ARTIFACT))) {
    return `a capability in its metadata does not consume ${REQUIRED_ARTIFACT}`;
  }
  if (!capabilities.every(({ produces }) => produces.some((type) => KNOWN_REPORTS.includes(type)))) {
    return 'a capability in its metadata produces no report that is known here';
  }
  return undefined;
}

/** Kinds of scans; a kind that is absent is one the adapter says nothing of. */
export interface ScanSupport {
  readonly vulnerability?: boolean;
  readonly sbom?: boolean;
}

/** An adapter of before there were kinds looks for vulnerabilities, and for nothing else. */
export function supportOf({ capabilities }: ScannerMetadata): ScanSupport {
  const types = new Set(capabilities.map(({ type }) => type));
  if (types.size === 1 && types.has('')) return { vulnerability: true, sbom: false };
  return {
    ...(types.has('vulnerability') && { vulnerability: true }),
    ...(types.has('sbom') && { sbom: true }),
  };
}
