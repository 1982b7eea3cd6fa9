import type { Digest } from '#core/digest';
import type { AccessoryType } from '#domain/artifacts/accessory';
import type { ExtraAttributes } from '#domain/artifacts/extra-attributes';

/** What is told of an artifact without reading it again; kept in its row when it is pushed. */
export interface ArtifactFacts {
  /** Harbor's type: IMAGE, CHART, … or UNKNOWN. */
  readonly type: string;
  /** Undefined when the config says nothing, or nothing that can be read. */
  readonly extraAttributes: ExtraAttributes | undefined;
  /** The layer that is its icon; undefined for the icon of its type. */
  readonly iconDigest: Digest | undefined;
  /** What it is about; undefined when it stands for itself. */
  readonly accessory: { readonly type: AccessoryType; readonly of: Digest } | undefined;
}
