import type { Manifest } from '#core/manifest';
import { isIndexMediaType, MEDIA_TYPES } from '#core/media-types';

/** Media types that tell what an artifact is. */
export const ARTIFACT_MEDIA_TYPES = {
  helmConfig: 'application/vnd.cncf.helm.config.v1+json',
  cnab: 'application/vnd.cnab.manifest.v1',
  wasmConfig: 'application/vnd.wasm.config.v1+json',
  modelManifest: 'application/vnd.cncf.model.manifest.v1+json',
  harborSbom: 'application/vnd.goharbor.harbor.sbom.v1',
} as const;

/** What Harbor has a name for (`harbor:src/controller/artifact/processor`). */
const WELL_KNOWN: ReadonlyMap<string, string> = new Map([
  [MEDIA_TYPES.ociConfig, 'IMAGE'],
  [MEDIA_TYPES.dockerConfig, 'IMAGE'],
  [MEDIA_TYPES.ociIndex, 'IMAGE'],
  [MEDIA_TYPES.dockerManifestList, 'IMAGE'],
  [ARTIFACT_MEDIA_TYPES.helmConfig, 'CHART'],
  [ARTIFACT_MEDIA_TYPES.cnab, 'CNAB'],
  [ARTIFACT_MEDIA_TYPES.wasmConfig, 'WASM'],
  [ARTIFACT_MEDIA_TYPES.modelManifest, 'CNAI'],
  [ARTIFACT_MEDIA_TYPES.harborSbom, 'SBOM'],
]);

const NAMED_CONFIG = /^application\/vnd\.[^.]*\.(.*)\.config\.[^.]*\+json$/;

/** Harbor's type of an artifact: what it says it is or else what its config is, upper case, or UNKNOWN. */
export function artifactTypeOf(manifest: Manifest): string {
  if (isAnnotatedWasm(manifest)) return 'WASM';
  const mediaType = isIndexMediaType(manifest.mediaType)
    ? manifest.annotations['org.opencontainers.artifactType'] || manifest.mediaType
    : (manifest.config?.mediaType ?? '');
  return (
    WELL_KNOWN.get(manifest.artifactType ?? mediaType) ?? NAMED_CONFIG.exec(mediaType)?.[1]?.toUpperCase() ?? 'UNKNOWN'
  );
}

/** An ordinary image that says it holds WebAssembly (`harbor:src/controller/artifact/processor/wasm/wasm.go`). */
export function isAnnotatedWasm({ mediaType, annotations }: Manifest): boolean {
  if (isIndexMediaType(mediaType)) return false;
  return annotations['module.wasm.image/variant'] === 'compat' || annotations['run.oci.handler'] === 'wasm';
}
