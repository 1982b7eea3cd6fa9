import type { ListingPage } from '#core/pagination';
import type { RepositoryListingStore } from '#domain/repositories/repository-listing-store';

export interface CatalogListing {
  readonly repositories: readonly string[];
  readonly hasMore: boolean;
}

/** Every repository of the registry that holds something. */
export class CatalogService {
  readonly #store: Pick<RepositoryListingStore, 'listNames'>;

  constructor(deps: { readonly store: Pick<RepositoryListingStore, 'listNames'> }) {
    this.#store = deps.store;
  }

  /** A page of full names in ASCII order. */
  async list(page: ListingPage): Promise<CatalogListing> {
    const names = await this.#store.listNames(page.limit + 1, page.last);
    return { repositories: names.slice(0, page.limit), hasMore: page.limit > 0 && names.length > page.limit };
  }
}
