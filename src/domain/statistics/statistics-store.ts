/** How many projects and repositories there are. */
export interface Counts {
  readonly privateProjects: number;
  readonly publicProjects: number;
  readonly privateRepositories: number;
  readonly publicRepositories: number;
}

export interface RegistryStatistics extends Counts {
  /** Bytes of all blobs, each once. */
  readonly storageBytes: number;
}

/** Reads numbers that are kept, so that nobody counts. */
export interface StatisticsStore {
  /** Of the whole registry. */
  ofRegistry(): Promise<RegistryStatistics>;

  /** Of a user: what is public, and the private projects the user is a member of, be it through a group. */
  ofMember(userId: number): Promise<Counts>;
}
