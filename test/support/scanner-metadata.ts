/** What Trivy's adapter tells of itself, as it is on the wire. */
export const SCANNER_METADATA = {
  scanner: { name: 'Trivy', vendor: 'Aqua Security', version: 'v0.60.0' },
  capabilities: [
    {
      type: 'vulnerability',
      consumes_mime_types: [
        'application/vnd.oci.image.manifest.v1+json',
        'application/vnd.docker.distribution.manifest.v2+json',
      ],
      produces_mime_types: [
        'application/vnd.security.vulnerability.report; version=1.1',
        'application/vnd.scanner.adapter.vuln.report.raw',
      ],
    },
    {
      type: 'sbom',
      consumes_mime_types: ['application/vnd.docker.distribution.manifest.v2+json'],
      produces_mime_types: ['application/vnd.security.sbom.report+json; version=1.0'],
    },
  ],
  properties: { 'harbor.scanner-adapter/scanner-type': 'os-package-vulnerability' },
};
