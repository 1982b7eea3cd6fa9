import { type Digest, digestFromHex } from '#core/digest';
import type { Manifest } from '#core/manifest';
import { MEDIA_TYPES } from '#core/media-types';
import type { RepositoryName, TagName } from '#core/reference';
import { ARTIFACT_MEDIA_TYPES } from '#domain/artifacts/artifact-type';

/** Kinds of accessories, under Harbor's names (`harbor:src/pkg/accessory/model/accessory.go`). */
export type AccessoryType =
  | 'signature.cosign'
  | 'signature.notation'
  | 'accelerator.nydus'
  | 'sbom.harbor'
  | 'subject.accessory';

/** Kinds that vouch for the artifact they are about, and so for the children of an index too. */
export const SIGNATURE_TYPES: readonly AccessoryType[] = ['signature.cosign', 'signature.notation'];

/** An artifact that is about another one of its repository. */
export interface Accessory {
  readonly artifactId: number;
  readonly type: AccessoryType;
  readonly digest: Digest;
  /** Manifest, config and layers. */
  readonly sizeBytes: number;
  readonly createdAtMs: number;
  readonly subjectDigest: Digest;
  readonly subjectRepository: RepositoryName;
  readonly subjectId: number;
}

const TYPE_OF: Readonly<Record<string, AccessoryType>> = {
  'application/vnd.cncf.notary.signature': 'signature.notation',
  'application/vnd.dev.cosign.artifact.sig.v1+json': 'signature.cosign',
  'application/vnd.dev.sigstore.bundle.v0.3+json': 'signature.cosign',
  [ARTIFACT_MEDIA_TYPES.harborSbom]: 'sbom.harbor',
};

const COSIGN_LAYER = 'application/vnd.dev.cosign.simplesigning.v1+json';
const COSIGN_TAG = /^sha256-([0-9a-f]{64})\.sig$/;
const NYDUS_BOOTSTRAP = 'containerd.io/snapshot/nydus-bootstrap';

/**
 * What a manifest is an accessory of, and of which kind; undefined when it stands for itself. It names its subject, or
 * was pushed under the tag that cosign gave signatures before manifests had subjects
 * (`harbor:src/server/middleware/subject`, `…/cosign`).
 */
export function accessoryOf(
  { manifest, digest }: { readonly manifest: Manifest; readonly digest: Digest },
  tags: readonly TagName[],
): { readonly type: AccessoryType; readonly of: Digest } | undefined {
  if (manifest.subject) return { type: typeOfReferrer(manifest), of: manifest.subject.digest };
  if (!manifest.layers.some((layer) => layer.mediaType === COSIGN_LAYER)) return undefined;
  // What is about itself would be shown with itself, and so nowhere.
  const [signed] = tags
    .flatMap((tag) => COSIGN_TAG.exec(tag)?.[1] ?? [])
    .map((hex) => digestFromHex('sha256', hex))
    .filter((of) => of !== digest);
  return signed && { type: 'signature.cosign', of: signed };
}

function typeOfReferrer({ artifactType = '', layers }: Manifest): AccessoryType {
  const isImage = artifactType === MEDIA_TYPES.ociConfig || artifactType === MEDIA_TYPES.dockerConfig;
  if (isImage && layers.at(-1)?.annotations?.[NYDUS_BOOTSTRAP] !== undefined) return 'accelerator.nydus';
  return (Object.hasOwn(TYPE_OF, artifactType) ? TYPE_OF[artifactType] : undefined) ?? 'subject.accessory';
}
