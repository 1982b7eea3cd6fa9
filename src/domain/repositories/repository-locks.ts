/** A lock that was granted; its token stands in the guard of every batch written under it. */
export interface RepositoryLease {
  /** Grows with every lease of the repository. */
  readonly token: number;
  release(): Promise<void>;
}

/** One writer at a time for the manifests and tags of a repository; others wait their turn. */
export interface RepositoryLocks {
  /** Waits for the lock; SERVICE_UNAVAILABLE when it does not come free in time. */
  acquire(repositoryId: number): Promise<RepositoryLease>;
}
