/** What the database says of objects. */
export interface ComparisonStore {
  /** Blobs whose keys come after `after`, up to `upTo` or without an end, in the order of their keys; `limit` at most. */
  blobsBetween(
    after: string,
    upTo: string | undefined,
    limit: number,
  ): Promise<readonly { readonly objectKey: string; readonly digest: string }[]>;
  /** Which of the keys a blob has. */
  keysInUse(objectKeys: readonly string[]): Promise<ReadonlySet<string>>;
}
