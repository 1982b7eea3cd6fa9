import { isIndexMediaType, MEDIA_TYPES } from '#core/media-types';

/** Config types Harbor has a name for (`harbor:src/controller/artifact/processor`). */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  [MEDIA_TYPES.ociConfig]: 'IMAGE',
  [MEDIA_TYPES.dockerConfig]: 'IMAGE',
  'application/vnd.cncf.helm.config.v1+json': 'CHART',
  'application/vnd.cnab.manifest.v1': 'CNAB',
  'application/vnd.wasm.config.v1+json': 'WASM',
  'application/vnd.goharbor.harbor.sbom.v1': 'SBOM',
};

const NAMED_CONFIG = /^application\/vnd\.[^.]*\.(.*)\.config\.[^.]*\+json$/;

/** Harbor's type of an artifact: what its config says it is, upper case, or UNKNOWN. */
export function artifactTypeOf(artifact: {
  readonly manifestMediaType: string;
  readonly configMediaType: string | undefined;
  readonly artifactType: string | undefined;
}): string {
  if (isIndexMediaType(artifact.manifestMediaType) && artifact.artifactType === undefined) return 'IMAGE';
  const type = artifact.configMediaType ?? artifact.artifactType ?? '';
  return WELL_KNOWN[type] ?? NAMED_CONFIG.exec(type)?.[1]?.toUpperCase() ?? 'UNKNOWN';
}
