import type { AliasTarget } from '#domain/aliases/alias';

/** Rows of names that repositories had; they are written where repositories move (`domain/repositories`). */
export interface AliasStore {
  /** Where the repository is that had this name in the project; undefined when none had it, or too long ago. */
  findRepository(projectId: number, name: string, nowMs: number): Promise<AliasTarget | undefined>;

  /** Removes aliases that have expired, of each kind at most `limit`. */
  sweep(nowMs: number, limit: number): Promise<void>;
}
