import type { ConditionBy } from '#core/listing-filter';
import type { OffsetPage } from '#core/pagination';
import type { Mutation } from '#domain/events/mutation';
import type { Registry, RegistryDescription } from '#domain/registries/registry';

export interface RegistryFilter {
  readonly name?: ConditionBy<'exact' | 'fuzzy' | 'any-of', string> | undefined;
  readonly type?: ConditionBy<'exact' | 'any-of', string> | undefined;
  readonly url?: ConditionBy<'exact' | 'fuzzy', string> | undefined;
}

export const REGISTRY_ORDERS = ['id', 'name', 'creation_time', 'update_time'] as const;

export interface RegistryPage extends OffsetPage {
  readonly orderBy: (typeof REGISTRY_ORDERS)[number];
  readonly isDescending: boolean;
}

/** A registry about to be kept; it has answered. */
export interface RegistryDraft extends RegistryDescription {
  readonly sealedSecret: string | undefined;
}

/** Rows of registries. */
export interface RegistryStore {
  find(id: number): Promise<Registry | undefined>;
  findByName(name: string): Promise<Registry | undefined>;

  list(
    filter: RegistryFilter,
    page: RegistryPage,
  ): Promise<{ readonly items: readonly Registry[]; readonly total: number }>;

  /** CONFLICT when the name is taken. */
  insert(draft: RegistryDraft, mutation: Mutation): Promise<void>;

  /** NOT_FOUND when it is gone, CONFLICT when the name is taken. */
  update(id: number, draft: RegistryDraft, mutation: Mutation): Promise<void>;

  /** NOT_FOUND when it is gone. */
  delete(registry: Registry, mutation: Mutation): Promise<void>;
}
