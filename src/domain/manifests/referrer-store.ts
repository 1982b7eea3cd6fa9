import type { Digest } from '#core/digest';
import type { Descriptor } from '#core/manifest';
import type { RepositoryName } from '#core/reference';

/** How long a page of referrers may be, as JSON: no client need take more of a manifest (distribution-spec v1.1.1). */
export const MAX_REFERRERS_LENGTH = 4_000_000;

/** An entry of a referrers listing (distribution-spec v1.1.1 §"Listing Referrers"). */
export type Referrer = Pick<Descriptor, 'mediaType' | 'digest' | 'size' | 'artifactType' | 'annotations'>;

/** A page of referrers: up to `limit` whose digests come after `last`, of one artifact type if one is named. */
export interface ReferrerPage {
  readonly limit: number;
  readonly last: string | undefined;
  readonly artifactType: string | undefined;
}

/** Which manifests of a repository name another as their subject. */
export interface ReferrerStore {
  /**
   * In digest order. The subject need not exist. Ends early with the entry that makes the page longer than
   * {@link MAX_REFERRERS_LENGTH}.
   */
  list(repository: RepositoryName, subject: Digest, page: ReferrerPage): Promise<readonly Referrer[]>;
}
