import { type Digest, digestAlgorithm, digestHex } from '#core/digest';
import { parseManifest } from '#core/manifest';
import { isIndexMediaType } from '#core/media-types';
import { parseTag, type RepositoryName } from '#core/reference';
import type { ContentReader } from '#domain/blobs/content-reader';
import type { ManifestStore } from '#domain/manifests/manifest-store';
import {
  MAX_REFERRERS_LENGTH,
  type Referrer,
  type ReferrerPage,
  type ReferrerStore,
} from '#domain/manifests/referrer-store';

export interface ReferrerServiceDeps {
  readonly store: ReferrerStore;
  readonly manifests: ManifestStore;
  readonly content: ContentReader;
}

export interface ReferrerListing {
  readonly referrers: readonly Referrer[];
  readonly hasMore: boolean;
}

/** Manifests that name another as their subject. */
export class ReferrerService {
  readonly #deps: ReferrerServiceDeps;

  constructor(deps: ReferrerServiceDeps) {
    this.#deps = deps;
  }

  /**
   * A page of referrers in digest order, those an older client recorded under the tag schema included
   * (distribution-spec v1.1.1 §"Listing Referrers" and §"Referrers Tag Schema").
   */
  async list(repository: RepositoryName, subject: Digest, page: ReferrerPage): Promise<ReferrerListing> {
    const [native, tagged] = await Promise.all([
      this.#deps.store.list(repository, subject, { ...page, limit: page.limit + 1 }),
      this.#underTagSchema(repository, subject),
    ]);
    const byDigest = new Map(
      tagged.filter((referrer) => isOnPage(referrer, page)).map((entry) => [entry.digest, entry]),
    );
    for (const referrer of native) byDigest.set(referrer.digest, referrer);
    const all = [...byDigest.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
    const referrers = all.slice(0, Math.min(page.limit, countThatFits(all)));
    return { referrers, hasMore: all.length > referrers.length };
  }

  async #underTagSchema(repository: RepositoryName, subject: Digest): Promise<readonly Referrer[]> {
    const tag = referrersTag(subject);
    const stored = tag && (await this.#deps.manifests.findByTag(repository, tag));
    if (!stored || !isIndexMediaType(stored.mediaType)) return [];
    const bytes = await this.#deps.content.readAll(stored);
    const index = bytes && parseManifest(bytes, stored.mediaType);
    return index?.ok ? index.value.children : [];
  }
}

/** `sha256:abc…` → `sha256-abc…`, each half cut to what a tag may hold. */
function referrersTag(subject: Digest) {
  return parseTag(`${digestAlgorithm(subject).slice(0, 32)}-${digestHex(subject).slice(0, 64)}`);
}

/** How many of them a page holds; one at least, so that the next page begins after it. */
function countThatFits(referrers: readonly Referrer[]): number {
  let length = 0;
  const beyond = referrers.findIndex((referrer) => {
    length += JSON.stringify(referrer).length + 1;
    return length > MAX_REFERRERS_LENGTH;
  });
  return beyond < 0 ? referrers.length : Math.max(1, beyond);
}

function isOnPage(referrer: Referrer, page: ReferrerPage): boolean {
  const isAfterLast = page.last === undefined || referrer.digest > page.last;
  return isAfterLast && (page.artifactType === undefined || referrer.artifactType === page.artifactType);
}
