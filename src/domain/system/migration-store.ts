/** Which migrations the database has seen. */
export interface MigrationStore {
  /** The file name of the newest one applied. */
  newest(): Promise<string | undefined>;
}
