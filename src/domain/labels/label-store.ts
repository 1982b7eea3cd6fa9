import type { ListingFilter, ListingKeys } from '#core/listing-filter';
import type { OffsetPage } from '#core/pagination';
import type { Mutation } from '#domain/events/mutation';
import type { Label, LabelDraft } from '#domain/labels/label';

/** Labels of the whole registry, or of one project, at most; so a listing may sort and filter by anything. */
export const MAX_LABELS_OF_SCOPE = 1_000;

/** Labels an artifact carries at most. */
export const MAX_LABELS_OF_ARTIFACT = 100;

/** What a listing of labels filters by. */
export const LABEL_KEYS = {
  id: { of: 'integer', by: ['exact', 'any-of', 'range'] },
  name: { of: 'text', by: ['exact', 'fuzzy', 'any-of'] },
  description: { of: 'text', by: ['exact', 'fuzzy'] },
  color: { of: 'text', by: ['exact', 'any-of'] },
  creation_time: { of: 'time', by: ['exact', 'range'] },
  update_time: { of: 'time', by: ['exact', 'range'] },
} as const satisfies ListingKeys;

export const LABEL_ORDERS = ['id', 'name', 'creation_time', 'update_time'] as const;

export interface LabelFilter {
  /** Undefined for labels of the whole registry. */
  readonly projectId: number | undefined;
  readonly nameContains: string | undefined;
  readonly query: ListingFilter<typeof LABEL_KEYS>;
}

export interface LabelPage extends OffsetPage {
  readonly orderBy: (typeof LABEL_ORDERS)[number];
  readonly isDescending: boolean;
}

/** The artifact a label is put on, or taken from. */
export interface LabelledArtifact {
  readonly id: number;
  readonly projectId: number;
}

/** Rows of labels, and which artifacts carry them. */
export interface LabelStore {
  find(labelId: number): Promise<Label | undefined>;

  list(filter: LabelFilter, page: LabelPage): Promise<{ readonly items: readonly Label[]; readonly total: number }>;

  /** Answers the new label's id. CONFLICT when the name is taken, PRECONDITION when there are enough. */
  insert(draft: LabelDraft, projectId: number | undefined, mutation: Mutation): Promise<number>;

  /** NOT_FOUND when the label is gone, CONFLICT when another one has the name. */
  update(label: Label, draft: LabelDraft, mutation: Mutation): Promise<void>;

  /** Deletes the label and takes it from every artifact. */
  delete(label: Label, mutation: Mutation): Promise<void>;

  /**
   * Puts a label on an artifact. NOT_FOUND unless it is the registry's or of the artifact's project, CONFLICT when the
   * artifact has it, PRECONDITION when it has enough.
   */
  attach(labelId: number, artifact: LabelledArtifact, mutation: Mutation): Promise<void>;

  /** Takes a label from an artifact; NOT_FOUND when the artifact does not have it. */
  detach(labelId: number, artifact: LabelledArtifact, mutation: Mutation): Promise<void>;
}
