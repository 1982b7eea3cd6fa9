import type { Digest } from '#core/digest';
import type { Candidate } from '#domain/retention/candidate';

/** A tag and the artifact it names. */
export interface CandidateTag {
  readonly artifactId: number;
  readonly name: string;
}

export type Tagged = Pick<Candidate, 'id' | 'tagCount'>;

/** An accessory or child that goes with an artifact. */
export interface Companion extends Tagged {
  /** What it goes with. */
  readonly of: Digest;
}

/** An index that points at an artifact. */
export interface Parent {
  readonly childDigest: Digest;
  readonly parent: Candidate;
  /** `candidate`: retention decides about it; `child`: it goes with its own parents; `accessory`: with its subject. */
  readonly kind: 'candidate' | 'child' | 'accessory';
}

/** A repository as it is called now. */
export interface PresentRepository {
  readonly projectId: number;
  readonly project: string;
  readonly nameInProject: string;
  readonly hasOwnPolicy: boolean;
}

/** What retention goes by, in pages, so that a repository of any size fits. */
export interface CandidateStore {
  findRepository(repositoryId: number): Promise<PresentRepository | undefined>;
  /** Candidates in the order of their digests, from behind `after` on. */
  page(repositoryId: number, after: string, limit: number): Promise<readonly Candidate[]>;
  /** All tags of the artifacts, some thousands at once; those of one artifact in order. */
  tags(artifacts: readonly Tagged[]): AsyncIterable<readonly CandidateTag[]>;
  /** What goes when the artifacts are deleted, beside themselves. */
  companions(repositoryId: number, digests: readonly Digest[]): Promise<readonly Companion[]>;
  /** Indexes that point at the artifacts; undefined when there are more than `limit`. */
  parents(repositoryId: number, digests: readonly Digest[], limit: number): Promise<readonly Parent[] | undefined>;
}
