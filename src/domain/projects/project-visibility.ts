/** Whose listing of projects it is. Public projects are in every one. */
export interface ProjectVisibility {
  /** Whether every project is visible. */
  readonly isUnlimited: boolean;
  /** Whose projects are visible; undefined for somebody without an account, and for a robot. */
  readonly memberId: number | undefined;
  /** Projects that are visible besides, by id. */
  readonly visibleIds: readonly number[];
}
