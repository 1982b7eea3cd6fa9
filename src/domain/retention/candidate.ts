import type { Digest } from '#core/digest';

/**
 * An artifact as retention sees it (`harbor:src/pkg/retention/dep/client.go`): one that a listing shows by itself, so no
 * accessory, and no untagged child of an index.
 */
export interface Candidate {
  readonly id: number;
  readonly digest: Digest;
  readonly tagCount: number;
  /** Whether an index of its repository points at it. */
  readonly isReferenced: boolean;
  readonly createdAtMs: number;
  /** The newest of its own and of its tags. */
  readonly pushedAtMs: number;
  /** The newest of its own and of its tags; undefined when nobody ever pulled it. */
  readonly pulledAtMs: number | undefined;
  /** Rows that go with it at least: its tags, and the children it names. */
  readonly weight: number;
}
