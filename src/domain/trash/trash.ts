import type { Digest } from '#core/digest';

interface Deletion {
  readonly digest: Digest;
  readonly deletedBy: string;
  readonly deletedAtMs: number;
}

/** Something deleted that can be restored. */
export type TrashItem =
  | (Deletion & {
      readonly kind: 'artifact';
      /** Harbor's type: IMAGE, CHART, … */
      readonly type: string;
      readonly manifestMediaType: string;
      /** Manifest, config and layers, in bytes. */
      readonly sizeBytes: number;
      readonly tags: readonly string[];
      /** What it was deleted along with and comes back with; undefined when it was deleted itself. */
      readonly deletedWith: Digest | undefined;
    })
  /** A tag whose artifact is still there. */
  | (Deletion & { readonly kind: 'tag'; readonly name: string });

/** What comes back when an artifact is restored. */
export interface RestorableArtifact {
  /** Of the artifact and of what was deleted with it. */
  readonly trashIds: readonly number[];
  readonly digests: readonly Digest[];
  /** Its own tags and those of what comes with it. */
  readonly tags: readonly RestorableTag[];
}

export interface RestorableTag {
  readonly name: string;
  /** The artifact it named. */
  readonly digest: Digest;
  /** The artifact it names now, if the name is in use. */
  readonly takenBy: Digest | undefined;
}

export interface DeletedTag extends RestorableTag {
  readonly pushedAtMs: number;
  readonly pulledAtMs: number | undefined;
}
