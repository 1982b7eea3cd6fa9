import type { ConditionBy, RangeCondition } from '#core/listing-filter';
import type { OffsetPage } from '#core/pagination';
import type { Mutation } from '#domain/events/mutation';
import type { Scanner, ScannerDescription } from '#domain/scanners/scanner';

type TextCondition = ConditionBy<'exact' | 'fuzzy' | 'any-of', string>;
type FlagCondition = ConditionBy<'exact', boolean>;

export interface ScannerFilter {
  readonly uuid?: ConditionBy<'exact' | 'any-of', string> | undefined;
  readonly name?: TextCondition | undefined;
  readonly description?: TextCondition | undefined;
  readonly url?: TextCondition | undefined;
  readonly auth?: ConditionBy<'exact' | 'any-of', string> | undefined;
  readonly disabled?: FlagCondition | undefined;
  readonly is_default?: FlagCondition | undefined;
  readonly create_time?: RangeCondition | undefined;
  readonly update_time?: RangeCondition | undefined;
  /** Only those that may be chosen. */
  readonly isEnabledOnly?: boolean;
}

/** By `is_default`, those that are not are in the order of their creation. */
export const SCANNER_ORDERS = ['is_default', 'name', 'url', 'disabled', 'uuid', 'create_time', 'update_time'] as const;

export interface ScannerPage extends OffsetPage {
  readonly orderBy: (typeof SCANNER_ORDERS)[number];
  readonly isDescending: boolean;
}

/** A scanner about to be kept. */
export interface ScannerDraft extends ScannerDescription {
  readonly uuid: string;
  readonly sealedCredential: string | undefined;
}

/** Rows of scanners. */
export interface ScannerStore {
  find(uuid: string): Promise<Scanner | undefined>;

  list(
    filter: ScannerFilter,
    page: ScannerPage,
  ): Promise<{ readonly items: readonly Scanner[]; readonly total: number }>;

  /** The first one is the default, unless it is disabled. CONFLICT when the name or the address is taken. */
  insert(draft: ScannerDraft, mutation: Mutation): Promise<void>;

  /**
   * NOT_FOUND when it is gone, CONFLICT when the name or the address is taken, BAD_REQUEST when it would be both disabled
   * and the default.
   */
  update(draft: ScannerDraft, mutation: Mutation): Promise<void>;

  /** Makes it the default in place of another. NOT_FOUND when it is gone or disabled. */
  makeDefault(scanner: Scanner, mutation: Mutation): Promise<void>;

  /** Projects that have chosen it have the default one again. NOT_FOUND when it is gone. */
  delete(scanner: Scanner, mutation: Mutation): Promise<void>;
}
